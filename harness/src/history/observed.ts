/** What a history says of its network, so far as it was folded: the types; `network.ts` makes it. */
import type { NodeLine, NodeName } from '../contract.ts'
import type { Fault, Proof } from '../faults/fault.ts'
import type { PlannedStep } from '../scenario/plan.ts'
import type { ContractFinding, ContradictionRule, Observation, ViolatedRule } from './history.ts'

export type PeerId = string

/** The order among the sayings of one peer: epoch first, then seq. */
export interface Version {
  epoch: number
  seq: number
}

/** What a book says of a peer. */
export interface Said extends Version {
  readonly name: string
  readonly addrs: readonly string[]
}

/** A peer in a book, as the events of the book's node tell it. */
export interface Listing extends Said {
  /** Of the history, where it is said. */
  line: number
  /** Since when this run of the peer is listed. */
  sinceMs: number
  /** The peer is a live node and said the same of itself. */
  agrees: boolean
}

/** A peer that left a book or expired in it. */
export interface Departure extends Version {
  how: 'left' | 'expired'
  atMs: number
  line: number
}

export type LineOf<Type extends NodeLine['type']> = Extract<NodeLine, { type: Type }>

export interface Exit {
  atMs: number
  line: number
  code: number | null
  signal: string | null
  stderrTail: string[]
  /** So long before `atMs` it had ended. */
  toldLateMs: number
  /** The harness asked for it, or a fault in force kills the node. */
  expected: boolean
  /** It ended with the process that it shared, by the fault of that node if it can be told. */
  process?: { readonly pid: number; readonly culprit?: NodeName | undefined } | undefined
}

/** How a process was told to end after the run, and ended. */
export interface TakingDown {
  stopRequestedAtMs?: number
  exit?: Exit
}

/** What was measured of a process. */
export interface Consumption {
  readonly atMs: number
  readonly line: number
  readonly cpuMs: number
}

/** What a process said of its event loop. */
export interface LoopLag {
  readonly atMs: number
  readonly lagMs: number
}

/** One process of a node: its state, and its book replayed from its events. */
export interface NodeRun {
  readonly node: NodeName
  readonly run: number
  spawnedAtMs?: number
  spawnFailure?: string
  readyAtMs?: number
  /** When it last said ready: the first time, or with other addresses. */
  saidAtMs?: number
  ready?: LineOf<'ready'>
  /** What it said of itself before it said ready again. */
  readonly saidBefore: LineOf<'ready'>[]
  stopRequestedAtMs?: number
  /** It was told to end by that signal alone. */
  stopSignal?: string | undefined
  /** It was told to leave by a step of the plan. */
  leavingAtMs?: number
  exit?: Exit
  /** What ran it is gone: nothing that follows says anything of the node. */
  runnerFailure?: string
  readonly takingDown: TakingDown
  readonly book: Map<PeerId, Listing>
  readonly departed: Map<PeerId, Departure>
  /** Where the book first listed each peer. */
  readonly firstListings: Map<PeerId, { atMs: number; line: number }>
  /** Of each peer the first seq far beyond what its author had announced when this book listed it. */
  readonly claims: Map<PeerId, Version & { atMs: number; line: number }>
  /** How many listings of the book agree. */
  agreeing: number
  /** The book that was asked for; undefined again as soon as an event or another request makes it old. */
  dump?: ReadonlyMap<PeerId, Said & { peerId: PeerId }> | undefined
  /** Of the dumped book. */
  hash?: string | undefined
  dumpRequested: boolean
  dumpRequestedAtMs?: number
  /** Lines that it wrote while the run lasted, well-formed or not. */
  linesWritten: number
  lastLineAtMs?: number
  firstContactAtMs?: number
  announcements: number
  /** The most peers that one announcement was sent to. */
  maxRecipients: number
  /** The greatest that it announced. */
  maxAnnouncedSeq: number
  firstAnnouncedAtMs?: number
  lastAnnouncedAtMs?: number
  /** The last stats line, with the largest rss and lag of all. */
  stats?: LineOf<'stats'>
  readonly loopLags: LoopLag[]
  readonly usages: Consumption[]
  /** Whom it is connected to, by its last line of that; undefined if it wrote none. */
  links?: { peerIds: ReadonlySet<PeerId>; line: number }
  /** How far the wall clock of its machine is ahead of the harness's, where it runs on another machine. */
  machineAheadMs?: number
  /** How far its clock is ahead of its machine's, by the last line that it wrote of it. */
  clock?: { aheadMs: number; line: number }
  /** Lines of the history that say most about it. */
  readonly lines: Partial<
    Record<'spawned' | 'ready' | 'last' | 'announced' | 'stats' | 'dumpRequested' | 'book', number>
  >
  readonly probes: { addr: string; result: 'connected' | 'refused' | 'not-tried'; atMs: number; line: number }[]
  breaches: number
  /** Of live nodes, while the network was not whole: they may be no breaches. */
  dropsUnderFaults: number
  changesOfMind: number
  /** When an event last told of a change of its book. */
  changedAtMs?: number
  /** It has said that its book is at rest, and nothing has changed since. */
  isSettled: boolean
}

/** A listing that has to go, since its subject went. */
export interface DueDrop {
  readonly observer: NodeRun
  readonly subject: NodeName
  readonly peerId: PeerId
  /** How it went; `replaced` by what a later process of the subject says. */
  how?: Departure['how'] | 'replaced'
  droppedAtMs?: number
  line?: number
}

/** A node that was told to leave. */
export interface Farewell {
  readonly node: NodeName
  readonly atMs: number
  readonly line: number
  readonly due: readonly DueDrop[]
}

/** A fault of the plan, as it was carried out. */
export interface FaultTime {
  readonly id: string
  readonly nodes: readonly NodeName[]
  /** Undefined in a run without a plan. */
  readonly fault?: Fault | undefined
  readonly fromMs: number
  readonly line: number
  /** Listings of those whom the fault takes away, in books of nodes that no fault hits. */
  readonly due: readonly DueDrop[]
  healedAtMs?: number
  proof?: Proof['result']
  /** What the proof of the injection, or of an undo that failed, was made of. */
  seen?: string
  undoProof?: Proof['result']
  /** Processes whose clock is not as the fault set it, by what they write themselves. */
  readonly unset: { readonly run: NodeRun; readonly line: number }[]
  undoProvedAtMs?: number
}

export interface StepTime {
  readonly step: string
  state: Extract<Observation, { type: 'step' }>['state']
  why?: string | undefined
  /** When it changed to that. */
  atMs: number
  begunAtMs: number
  line: number
}

/** The host had less processor time than its processes wanted. */
export interface Pressure {
  readonly fromMs: number
  readonly toMs: number
  readonly waitingRatio: number
  readonly stolenRatio: number
}

export interface Network {
  nowMs: number
  /** Events so far: the number of the last line of the history. */
  line: number
  started?: Extract<Observation, { type: 'run-started' }>
  ended?: { atMs: number; reason: Extract<Observation, { type: 'run-ended' }>['reason'] }
  /** The last process has ended, and left these processes behind. */
  closed?: { atMs: number; line: number; leftovers: { node: NodeName; pid: number }[] }
  /** Every node of the run with its processes, in order; the last one counts. */
  readonly nodes: Map<NodeName, NodeRun[]>
  /** Nodes that can be dialled and that nobody has told to end. */
  readonly live: Set<NodeRun>
  /** Nodes that are not ready, and that nobody has told to end. */
  awaited: number
  /** Whose peer id it is or was. */
  readonly owners: Map<PeerId, NodeRun>
  /** Who ever listed a peer. */
  readonly listedBy: Map<PeerId, Set<NodeRun>>
  /** Of all live nodes: how much is listed, and how much of it agrees. */
  listings: number
  agreeing: number
  /** Since when each live node lists each other one, as it says of itself, and nothing else. */
  fullSinceMs?: number | undefined
  /** Those in force. */
  readonly faults: Map<string, FaultTime>
  readonly faultTimes: FaultTime[]
  /** That the links are as the plan has them from the start on: a condition of all that the run shows, which excuses nothing. */
  linksTime?: FaultTime
  readonly farewells: Farewell[]
  readonly plannedSteps: Map<string, PlannedStep>
  readonly steps: Map<string, StepTime>
  /** Nodes that a step of the plan is starting again. */
  readonly returning: Set<NodeName>
  /** Nodes that a step of the plan, or a fault, has begun to end. */
  readonly doomed: Set<NodeName>
  /** Nodes that a step of the plan starts later. */
  readonly later: Set<NodeName>
  /** While all books were right; the last one may go on. */
  readonly fullSpans: { readonly fromMs: number; toMs?: number; brokenBy?: { node: NodeName; line: number } }[]
  /** Nothing was broken on purpose, or the network has healed since. */
  whole: boolean
  /** Some node writes `announced` lines, so that their absence says something. */
  announces: boolean
  readonly lags: LoopLag[]
  readonly pressures: Pressure[]
  /** By node, what had arrived at it by the last word of that. */
  readonly received: Map<NodeName, { bytes: number; line: number }>
  /** Of a digest: how far the books agree, by its last word. */
  counts?: { live: number; right: number; ghosts: number }
  readonly changesOfMind: ChangeOfMind[]
  readonly settling: Settling
  /** Of a digest: what a whole history shows of both, by its last word. */
  steadiness?: Extract<Observation, { type: 'steadiness' }>
  readonly breaches: Breaches
  breachCount: number
}

/** A process that ran all the while was dropped by another one, or listed again. */
export interface ChangeOfMind extends RuleBreach {
  readonly subject: NodeRun
  readonly change: 'dropped' | 'listed'
}

/** Until all books were full and at rest for the first time, by what nodes say. */
export interface Settling {
  /** Of books that were at rest meanwhile. */
  readonly sizes: Set<number>
  /** From a change of a book until its node said that it was at rest. */
  longestMs: number
  settledMs?: number
}

/** What breaks a rule for good, whatever follows, with the line of the history that shows it. */
export interface RuleBreach {
  readonly run: NodeRun
  readonly atMs: number
  readonly line: number
}

export interface Breaches {
  readonly findings: (RuleBreach & { finding: ContractFinding })[]
  /** Lines that are well-formed and still break a rule; `earlier` is the line that they contradict. */
  readonly contradictions: (RuleBreach & { rule: ContradictionRule; text: string; peerId?: PeerId; earlier?: number })[]
  readonly deaths: RuleBreach[]
  /** A live node that vanished from a book; `whole`: while the network was whole. */
  readonly drops: (RuleBreach & { subject: NodeRun; how: Departure['how']; whole: boolean })[]
  /** Versions that went back; `gone`: the peer came back without news. */
  readonly regressions: (RuleBreach & {
    peerId: PeerId
    from: Version
    to: Version
    gone?: Departure['how']
    earlier?: number
  })[]
  /** What the simulator saw in a core. */
  readonly witnessed: (RuleBreach & { rule: ViolatedRule; message: string; subject?: NodeName })[]
  /** A dumped book that is not what the events say. */
  readonly discrepancies: (RuleBreach & { peerId: PeerId; what: string })[]
}
