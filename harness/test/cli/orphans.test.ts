import tap, { test } from 'tap'
import { FILE_PATIENCE_MS } from '../../../scripts/tests/until.ts'
import { nodeCommand, startHarness } from '../toolkit/harness.ts'
import { untilGone } from '../toolkit/processes.ts'

tap.setTimeout(FILE_PATIENCE_MS)

for (const [what, program] of [
  ['nodes that keep the contract', 'honest.mjs'],
  ['nodes that ignore the end of stdin and every signal', 'stubborn.mjs'],
  ['nodes and what they started', 'spawns.mjs'],
  ['nodes and what they set free', 'sets-free.mjs']
] as const) {
  for (const count of [1, 2, 5]) {
    test(`a killed harness takes ${what} with it (killed when it had started ${count})`, async t => {
      const harness = startHarness(t, t.testdir(), ['5', '60', ...nodeCommand(program)])
      const pids = await harness.nodePids(count)
      harness.child.kill('SIGKILL')
      await harness.ended
      t.ok(pids.length >= count)
      await untilGone(pids)
    })
  }
}
