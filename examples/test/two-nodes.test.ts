import { test } from 'tap'
import { Program } from './program.ts'

test('two nodes find each other, and the one that stays sees the other leave', async t => {
  const program = new Program(t, 'two-nodes.ts')
  await program.says(/^bob joined: \/ip4\/127\.0\.0\.1\/tcp\/\d+$/m)
  program.signal('SIGINT')
  t.equal(await program.exitCode(), 0)
  t.match(program.stdout, /^bob joined: \S+\nbob left\n$/)
  t.equal(program.stderr, '')
})
