/** What breaks a rule for good, whatever follows; each with the line of the history that shows it. */
import type { ContractFinding } from './history.ts'
import type { Departure, Network, NodeRun, PeerId, Version } from './network.ts'

export interface Breach {
  readonly run: NodeRun
  readonly atMs: number
  readonly line: number
}

/** The rules that one or two lines of a node are enough to break. */
export type ContradictionRule =
  | 'ready-name'
  | 'ready-addrs'
  | 'epoch-is-start'
  | 'ready-again'
  | 'own-peer-id'
  | 'same-key'
  | 'announced-grows'
  | 'not-itself'
  | 'joined-once'
  | 'updated-listed'
  | 'gone-listed'

export interface Breaches {
  readonly findings: (Breach & { finding: ContractFinding })[]
  /** Lines that are well-formed and still break a rule; `earlier` is the line that they contradict. */
  readonly contradictions: (Breach & { rule: ContradictionRule; text: string; peerId?: PeerId; earlier?: number })[]
  readonly deaths: Breach[]
  /** A live node that vanished from a book; `whole`: while the network was whole. */
  readonly drops: (Breach & { subject: NodeRun; how: Departure['how']; whole: boolean })[]
  /** Versions that went back; `gone`: the peer came back without news. */
  readonly regressions: (Breach & {
    peerId: PeerId
    from: Version
    to: Version
    gone?: Departure['how']
    earlier?: number
  })[]
  /** A dumped book that is not what the events say. */
  readonly discrepancies: (Breach & { peerId: PeerId; what: string })[]
}

export function noBreaches(): Breaches {
  return {
    findings: [],
    contradictions: [],
    deaths: [],
    drops: [],
    regressions: [],
    discrepancies: []
  }
}

/** Breaches kept of each process, its death apart; all are counted. */
const MAX_BREACHES = 100

/** BOUNDED by MAX_BREACHES a process: a node that breaks a rule with every line must not fill the report. */
export function breach<Kind extends Breach>(network: Network, kept: Kind[], what: Omit<Kind, 'atMs' | 'line'>): void {
  network.breachCount += 1
  keep(network, kept, what)
}

/** As `breach`, but of what may turn out to be none. */
export function keep<Kind extends Breach>(network: Network, kept: Kind[], what: Omit<Kind, 'atMs' | 'line'>): void {
  const { run } = what as Kind
  run.breaches += 1
  if (run.breaches <= MAX_BREACHES) kept.push({ ...what, atMs: network.nowMs, line: network.line } as Kind)
}

export function contradicts(
  network: Network,
  run: NodeRun,
  rule: ContradictionRule,
  text: string,
  about: { peerId?: PeerId; earlier?: number | undefined } = {}
): void {
  const { peerId, earlier } = about
  breach(network, network.breaches.contradictions, {
    run,
    rule,
    text,
    ...(peerId !== undefined && { peerId }),
    ...(earlier !== undefined && { earlier })
  })
}
