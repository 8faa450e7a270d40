/** Keeps what breaks a rule for good, whatever follows, with the line of the history that shows it. */
import type { Breaches, ContradictionRule, Network, NodeRun, PeerId, RuleBreach } from '../observed.ts'

export function noBreaches(): Breaches {
  return {
    findings: [],
    contradictions: [],
    deaths: [],
    drops: [],
    regressions: [],
    witnessed: [],
    discrepancies: []
  }
}

/** Breaches kept of each process, its death apart; all are counted. */
const MAX_BREACHES = 100

/** BOUNDED by MAX_BREACHES a process: a node that breaks a rule with every line must not fill the report. */
export function breach<Kind extends RuleBreach>(
  network: Network,
  kept: Kind[],
  what: Omit<Kind, 'atMs' | 'line'>
): void {
  network.breachCount += 1
  keep(network, kept, what)
}

/** As `breach`, but of what may turn out to be none. */
export function keep<Kind extends RuleBreach>(network: Network, kept: Kind[], what: Omit<Kind, 'atMs' | 'line'>): void {
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
