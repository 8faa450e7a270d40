/** What can be wanted of the command line. */
import type { ComparedScenarioName } from '../../comparison/names.ts'
import type { DraftKind } from '../../explore/draft.ts'
import type { ClusterChoice } from '../../runners/kubernetes/cluster/cluster.ts'
import type { RunnerName } from '../../runners/names.ts'
import type { ClusterUsage, ProgramCommand } from '../../runners/registry.ts'
import type { FormatName } from '../judging/format-names.ts'
import type { Shell } from './values.ts'

export type Usage =
  | ({ kind: 'run' } & RunUsage)
  | ({ kind: 'scenario' } & ScenarioUsage)
  | ({ kind: 'explore' } & ExploreUsage)
  | ({ kind: 'sweep' } & SweepUsage)
  | ({ kind: 'compare' } & CompareUsage)
  /** Two runs or two comparisons, by the folders that they left. */
  | { kind: 'diff'; before: string; after: string; json: boolean }
  | { kind: 'conformance'; program: ProgramCommand; withinMs: number }
  /** Once more, from the folder that the run left. */
  | ({ kind: 'judge' } & JudgeUsage)
  /** The story of a run, of one node (`observer` alone), or of what one node saw of another. */
  | { kind: 'explain'; run: string; observer: string | undefined; subject: string | undefined }
  /** The shipped scenarios. */
  | { kind: 'list'; json: boolean }
  /** Of every run whose harness is gone if `runId` is undefined; in a cluster alone if `place` is given. */
  | { kind: 'clean'; runId: string | undefined; place: ClusterChoice | undefined }
  /** Our image, as a file; under its own name if `name` is undefined. */
  | { kind: 'image'; file: string; name: string | undefined }
  /** The report of a run; the last one if undefined. */
  | { kind: 'open'; run: string | undefined; pathOnly: boolean }
  /** The script of a shell. */
  | { kind: 'completion'; shell: Shell }
  /** What the last of the words can become, for the script of a shell. */
  | { kind: 'complete'; words: readonly string[] }
  /** Help or version, to be printed as it is. */
  | { kind: 'print'; text: string }

export interface JudgeUsage {
  run: string
  json: boolean
  /** Only this report is made, and the folder is left as it is. */
  format: FormatName | undefined
  /** File for that report; stdout if undefined. */
  out: string | undefined
}

/** How nodes are started and watched, whatever happens to them. */
export interface NetworkUsage {
  runner: RunnerName
  settleMs: number
  /** Our own node program if undefined. */
  nodeCommand: ProgramCommand | undefined
  /** Only with the runners of containers and pods, as are the two limits: the image of our own node program if undefined. */
  image: string | undefined
  memoryBytes: number | undefined
  cpus: number | undefined
  /** Only with the runner of pods. */
  cluster: ClusterUsage
  json: boolean
  /** Folder for the folders of the runs; chosen by the harness if undefined. */
  out: string | undefined
  announceIntervalMs: number | undefined
  ttlMs: number | undefined
  mdns: boolean
  concurrentStarts: number
}

/** What shows a run while it goes on, beside the terminal. */
export interface LiveUsage {
  /** A page is served on this port of the loopback interface, 0: on any that is free; none if undefined. */
  uiPort: number | undefined
}

/** How many nodes share a process. */
export interface SharingUsage {
  /** Each has its own if undefined. */
  perProcess?: number | undefined
}

export interface RunUsage extends NetworkUsage, LiveUsage, SharingUsage {
  nodes: number
  deadlineMs: number
  bootstrapPeers: number
}

export interface ScenarioUsage extends Omit<NetworkUsage, 'runner'>, LiveUsage, SharingUsage {
  runner: RunnerName | 'simulation'
  /** The name of a shipped scenario, or a file. */
  scenario: string
  /** Those of the scenario if undefined, as are deadline and seed. */
  nodes: number | undefined
  deadlineMs: number | undefined
  seed: number | undefined
  /** Only tells what would happen. */
  plan: boolean
  /** Ids of the steps that a simulation carries out; all if undefined. */
  onlySteps: readonly string[] | undefined
}

export interface ExploreUsage extends Omit<NetworkUsage, 'runner'> {
  runner: RunnerName | 'simulation'
  seed: number
  /** No plan begins after it. */
  durationMs: number
  /** By chance for each plan if undefined. */
  nodes: number | undefined
  /** What plans are made of; all that the runner can do if undefined. */
  kinds: readonly DraftKind[] | undefined
}

export interface SweepUsage extends Omit<NetworkUsage, 'runner'> {
  /** netns where it can be used, else the simulator, if undefined. */
  runner: RunnerName | 'simulation' | undefined
  /** The name of a shipped scenario, or a file. */
  scenario: string
  /** Ascending, each once. */
  nodes: number[]
  /** Ascending, each once; links are as the scenario has them if undefined. */
  lossPercent: number[] | undefined
  repeat: number
  seed: number
  /** A grid that would take longer is refused. */
  maxMs: number
  /** The folder of a sweep that was stopped, and goes on. */
  resume: string | undefined
  /** The result of an earlier sweep, with which this one is compared. */
  baseline: string | undefined
  /** Where the result is kept as well. */
  saveBaseline: string | undefined
  /** By option, those that were given, and their values: a sweep that goes on has the values that it began with. */
  given: Readonly<Record<string, unknown>>
  /** The same with what stands for those that were not given. */
  all: Readonly<Record<string, unknown>>
}

export interface CompareUsage {
  /** Ascending, each once. */
  nodes: number[]
  repeat: number
  scenarios: ComparedScenarioName[]
  /** Ours and all adapters if undefined. */
  systems: string[] | undefined
  /** The folder with the adapters; that of the package if undefined. */
  adapters: string | undefined
  seed: number
  /** netns where it can be used, else process, if undefined. */
  runner: 'netns' | 'process' | undefined
  /** No run begins that could end after it. */
  maxMs: number
  out: string | undefined
  /** The folder of a comparison that was stopped, and goes on. */
  resume: string | undefined
  json: boolean
  /** As those of `SweepUsage`. */
  given: Readonly<Record<string, unknown>>
  all: Readonly<Record<string, unknown>>
}
