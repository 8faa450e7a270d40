import { type Test, test } from 'tap'
import { Program } from './program.ts'

test('three friends find each other by the commands that each prints, and see at once who leaves', async t => {
  const alice = demo(t, 'alice')
  const bob = demo(t, ...(await nextCommand(alice, 'bob')))
  const charlie = demo(t, ...(await nextCommand(bob, 'charlie')))
  for (const [program, others] of [
    [alice, ['bob', 'charlie']],
    [bob, ['alice', 'charlie']],
    [charlie, ['alice', 'bob']]
  ] as const) {
    for (const other of others) await program.says(new RegExp(`^\\+ ${other} joined$`, 'm'))
    await program.says(new RegExp(`^ {4}${others[0]} +….{6}  /ip4/127.*\\n {4}${others[1]} +….{6}  /ip4/127`, 'm'))
  }

  bob.signal('SIGINT')
  t.equal(await bob.exitCode(), 0)
  t.match(bob.stdout, /bob says goodbye \(SIGINT\)/)
  for (const program of [alice, charlie]) {
    await program.says(/^- bob left\n {4}(alice|charlie) +…/m)
    t.notMatch(program.stdout, /expired/)
  }

  alice.signal('SIGTERM')
  t.equal(await alice.exitCode(), 0)
  await charlie.says(/^- alice left\n {4}nobody else$/m)
  for (const program of [alice, bob, charlie]) t.equal(program.stderr, '')
})

test('who comes back by the same name is another entry, and both are told apart', async t => {
  const alice = demo(t, 'alice')
  const command = await nextCommand(alice, 'bob')
  demo(t, ...command)
  await alice.says(/\+ bob joined/)
  demo(t, ...command)
  await alice.says(/\+ bob joined\n {4}bob {2}….{6} .*\n {4}bob {2}….{6} /)
  t.pass()
})

test('an address where nobody answers is named, and Ctrl-C still leaves', async t => {
  const address = '/ip4/127.0.0.1/tcp/9'
  const alice = demo(t, 'alice', address)
  await alice.says(new RegExp(`nobody answers at ${address}; still trying`))
  alice.signal('SIGINT')
  t.equal(await alice.exitCode(), 0)
})

const wrong: [what: string, args: string[], line: RegExp][] = [
  ['no name', [], /^a name is missing \(usage: /],
  [
    'an address for a name',
    ['/ip4/127.0.0.1/tcp/1'],
    /^a name comes first, then addresses, but \/ip4\S+ is an address \(/
  ],
  ['no address', ['bob', 'alice'], /^bootstrapPeers\[0\] must be a multiaddr such as \/ip4\/.*, got "alice" \(usage: /],
  ['an address of nonsense', ['bob', '/ip4/hello'], /^bootstrapPeers\[0\] must be .*, got "\/ip4\/hello" \(usage: /],
  ['two faults', ['x'.repeat(65), 'alice'], /^name must be .*; bootstrapPeers\[0\] must be .* \(usage: /],
  ['a long name', ['x'.repeat(65)], /^name must be at most 64 bytes of UTF-8, got 65 bytes, .* \(usage: /],
  [
    'a name with control characters',
    ['\u001b[31m'],
    /^name must not contain control characters, got "\\u\{1b\}\[31m" \(usage: /
  ],
  ['an unknown option', ['alice', '--loud'], /^Unknown option '--loud' \(usage: /]
]

for (const [what, args, line] of wrong) {
  test(`${what} is refused in one line`, async t => {
    const program = demo(t, ...args)
    t.equal(await program.exitCode(), 2)
    t.match(program.stderr, line)
    t.match(program.stderr, /^[^\n]+\n$/, 'one line')
    t.equal(program.stdout, '')
  })
}

test('help is given when asked for', async t => {
  const program = demo(t, '--help')
  t.equal(await program.exitCode(), 0)
  t.equal(program.stdout, 'usage: npm run demo -- <name> [address of another]...\n')
})

function demo(t: Test, ...args: string[]): Program {
  return new Program(t, 'address-book-demo.ts', ...args)
}

/** The arguments of the command that a demo prints for the next friend. */
async function nextCommand(program: Program, name: string): Promise<string[]> {
  const [, args] = await program.says(new RegExp(`^ {2}npm run demo -- (${name} /ip4/127\\S+)$`, 'm'))
  return args!.split(' ')
}
