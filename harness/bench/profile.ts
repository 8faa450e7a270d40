/**
 * Where a node spends its processor time until every book is full: one node of a fleet runs under `--cpu-prof`, from its
 * sources, so that functions have names and files.
 *
 * node --conditions=@gossip/source harness/bench/profile.ts [nodes=10]
 */
import { mkdtemp, readdir, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { catchInterrupts } from '../src/cli/interrupts.ts'
import { createProcessRunner } from '../src/runners/process.ts'
import type { Runner } from '../src/runners/runner.ts'
import { startFleet } from './fleet.ts'
import { createOwnRunner, ownProgram } from './own-program.ts'
import { type CpuProfile, selfTimes } from './self-times.ts'

const SHOWN = 25

const nodes = Number(process.argv[2] ?? 10)
if (!(nodes >= 3)) {
  process.stderr.write(`profile: nodes must be a number from 3, not ${JSON.stringify(process.argv[2])}\n`)
  process.exit(2)
}
const folder = await mkdtemp(join(tmpdir(), 'profile-'))
const bundled = await createOwnRunner(
  () => undefined,
  () => {}
)
const profiled = createProcessRunner({
  command: [
    process.execPath,
    ...['--cpu-prof', `--cpu-prof-dir=${folder}`, '--cpu-prof-interval=200', '--conditions=@gossip/source'],
    fileURLToPath(new URL('../src/node/main.ts', import.meta.url))
  ]
})
const middle = Math.floor(nodes / 2)
const runner: Runner = {
  ...bundled,
  start: (spec, observe) => (spec.index === middle ? profiled : bundled).start(spec, observe),
  async close() {
    await bundled.close()
    await profiled.close()
  }
}
const fleet = await startFleet(ownProgram(runner), nodes, catchInterrupts().signal)
// The profile is written by a node that ends by itself.
await fleet.members.find(({ name }) => name === `n${middle + 1}`)!.handle.stop()
await fleet.end()
await runner.close()
const [file] = await readdir(folder)
print(JSON.parse(await readFile(join(folder, file!), 'utf8')))
process.stdout.write(`\n${join(folder, file!)}\n`)
process.exit()

function print(profile: CpuProfile): void {
  const { totalMs, byPackage, byFunction } = selfTimes(profile)
  process.stdout.write(`${totalMs.toFixed(0)} ms in all, loading the modules one by one included\n`)
  for (const times of [byPackage, byFunction]) {
    process.stdout.write('\n')
    for (const [what, ms] of times.slice(0, SHOWN)) process.stdout.write(`${ms.toFixed(1).padStart(8)} ms  ${what}\n`)
  }
}
