/** What can be wanted of the command line. */
import type { DraftKind } from '../../explore/draft.ts'
import type { RunnerName } from '../../runners/names.ts'
import type { ProgramCommand } from '../../runners/registry.ts'
import type { FormatName } from '../judging/format-names.ts'

export type Usage =
  | ({ kind: 'run' } & RunUsage)
  | ({ kind: 'scenario' } & ScenarioUsage)
  | ({ kind: 'explore' } & ExploreUsage)
  | { kind: 'conformance'; program: ProgramCommand; withinMs: number }
  /** Once more, from the folder that the run left. */
  | ({ kind: 'judge' } & JudgeUsage)
  /** The story of a run, of one node (`observer` alone), or of what one node saw of another. */
  | { kind: 'explain'; run: string; observer: string | undefined; subject: string | undefined }
  /** The shipped scenarios. */
  | { kind: 'list'; json: boolean }
  /** Of every run whose harness is gone if `runId` is undefined. */
  | { kind: 'clean'; runId: string | undefined }
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
  /** Only with the container runner, as are the two limits: the image of our own node program if undefined. */
  image: string | undefined
  memoryBytes: number | undefined
  cpus: number | undefined
  json: boolean
  /** Folder for the folders of the runs; chosen by the harness if undefined. */
  out: string | undefined
  announceIntervalMs: number | undefined
  ttlMs: number | undefined
  mdns: boolean
  concurrentStarts: number
}

export interface RunUsage extends NetworkUsage {
  nodes: number
  deadlineMs: number
  bootstrapPeers: number
}

export interface ScenarioUsage extends Omit<NetworkUsage, 'runner'> {
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
