/** Keeps what breaks a rule for good, whatever follows, with the line of the history that shows it. */
import type { ContradictionRule } from '../history.ts'
import type { Breaches, Network, NodeRun, PeerId, RuleBreach } from '../observed.ts'

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

/** Kept of each process, its death apart: so many breaches, and as many drops that may be none; all breaches are counted. */
const MAX_KEPT = 100

/** BOUNDED by MAX_KEPT a process: a node that breaks a rule with every line must not fill the report. */
export function breach<Kind extends RuleBreach>(
  network: Network,
  kept: Kind[],
  what: Omit<Kind, 'atMs' | 'line'>
): void {
  const { run } = what as Kind
  network.breachCount += 1
  run.breaches += 1
  if (run.breaches <= MAX_KEPT) kept.push(seenNow(network, what))
}

type Drop = Breaches['drops'][number]

/** BOUNDED by MAX_KEPT a process. What a fault explains leaves the breaches their room. */
export function keepDrop(network: Network, drop: Omit<Drop, 'atMs' | 'line'>): void {
  drop.run.dropsUnderFaults += 1
  if (drop.run.dropsUnderFaults <= MAX_KEPT) network.breaches.drops.push(seenNow(network, drop))
}

function seenNow<Kind extends RuleBreach>({ nowMs, line }: Network, what: Omit<Kind, 'atMs' | 'line'>): Kind {
  return { ...what, atMs: nowMs, line } as Kind
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
