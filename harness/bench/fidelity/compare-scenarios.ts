/**
 * Compares shipped scenarios in the simulator with the same ones in network namespaces, over links of 50 ms, 12 nodes each:
 * `node --conditions=@gossip/source harness/bench/fidelity/compare-scenarios.ts [scenario...]`. Needs root or unprivileged namespaces.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { parse, stringify } from 'yaml'
import type { Judgement, Phase } from '../../src/judge/judgement.ts'
import { medianOf } from '../../src/statistics/median.ts'

const NODES = 12
/** `RUNS=1` takes a third of the time. */
const SEEDS = Array.from({ length: Number(process.env.RUNS ?? 3) }, (_, i) => i + 1)
const LATENCY = '50ms'

/** Those of at most two minutes whose nodes stand behind no router. */
const SCENARIOS = [
  'calm',
  'late-joiner',
  'crash',
  'crash-and-newcomer',
  'restart',
  'everybody-restarts',
  'leave',
  'freeze',
  'isolate-one',
  'split',
  'bootstrap-dies',
  'power-off',
  'slow-links'
]

const cliPath = fileURLToPath(new URL('../../src/cli/bin.ts', import.meta.url))
const RUNNERS = ['netns', 'simulation'] as const
type RunnerName = (typeof RUNNERS)[number]

const scratch = await mkdtemp(join(tmpdir(), 'compare-'))
process.stdout.write('| scenario | phase | netns | simulator | ratio |\n|---|---|---|---|---|\n')
const wanted = process.argv.slice(2)
for (const scenario of wanted.length > 0 ? wanted : SCENARIOS) await compare(scenario)
await rm(scratch, { recursive: true })

async function compare(scenario: string): Promise<void> {
  const file = await overSlowLinks(scenario)
  const took: Record<RunnerName, Map<string, number[]>> = { netns: new Map(), simulation: new Map() }
  for (const seed of SEEDS) {
    for (const runner of RUNNERS) {
      for (const [phase, ms] of longestOf(await phasesOf(file, runner, seed))) {
        took[runner].set(phase, [...(took[runner].get(phase) ?? []), ms])
      }
    }
  }
  for (const [phase, real] of took.netns) {
    const simulated = took.simulation.get(phase)
    if (simulated === undefined) continue
    const ratio = medianOf(simulated) / medianOf(real)
    process.stdout.write(`| ${scenario} | ${phase} | ${textOf(real)} | ${textOf(simulated)} | ${ratio.toFixed(2)} |\n`)
  }
}

/** The shipped file with links that both runners can make alike, unless it says how its links are. */
async function overSlowLinks(scenario: string): Promise<string> {
  const text = await readFile(new URL(`../../scenarios/${scenario}.yaml`, import.meta.url), 'utf8')
  const path = join(scratch, `${scenario}.yaml`)
  await writeFile(path, stringify({ links: { latency: LATENCY }, ...parse(text) }))
  return path
}

async function phasesOf(file: string, runner: RunnerName, seed: number): Promise<readonly Phase[]> {
  const out = join(scratch, 'runs')
  const args = [cliPath, 'run', file, `${NODES}`, '--runner', runner, '--seed', `${seed}`, '--out', out]
  const { exitCode } = await execa(process.execPath, ['--conditions=@gossip/source', ...args], {
    reject: false,
    stdin: 'ignore'
  })
  if (exitCode !== 0) process.stderr.write(`${file}, ${runner}, seed ${seed}: exit code ${exitCode}\n`)
  const result = JSON.parse(await readFile(join(out, 'latest', 'result.json'), 'utf8')) as Judgement
  return result.phases
}

/**
 * Each kind of phase with how long it took, in ms; of several the longest. `full` counts from the last `ready`: how long processes take to
 * start is no matter of the simulator.
 */
function longestOf(phases: readonly Phase[]): Map<string, number> {
  const readyMs = phases.find(({ name }) => name === 'start')?.toMs ?? 0
  const longest = new Map<string, number>()
  for (const { name, fromMs, toMs } of phases) {
    if (name === 'start' || toMs === undefined) continue
    const tookMs = toMs - (name === 'full' ? Math.min(readyMs, toMs) : fromMs)
    longest.set(name, Math.max(longest.get(name) ?? 0, tookMs))
  }
  return longest
}

function textOf(durationsMs: readonly number[]): string {
  return `${(medianOf(durationsMs) / 1_000).toFixed(2)} s`
}
