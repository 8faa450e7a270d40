/** Rules that one or two lines of a node are enough to break, and what a probe of its addresses showed. */
import type { ContradictionRule } from '../../history/history.ts'
import type { Network, NodeRun } from '../../history/observed.ts'
import { printable } from '../../printable.ts'
import type { CauseCode } from '../judgement.ts'
import type { RuleId } from '../rules.ts'
import { type Found, type Ruling, shown, whose } from '../ruling.ts'
import { peerName } from '../wording.ts'

const MAX_EVIDENCE = 10

/** Lines that are none of the contract: one finding for each kind of fault of a process. */
export function lines({ breaches }: Network): Ruling {
  const byRun = Map.groupBy(breaches.findings, ({ run, finding }) => `${run.node} ${run.run} ${finding.fault}`)
  const found = [...byRun.values()].map((same): Found => {
    const { run, finding, atMs } = same[0]!
    const text = finding.text === '' ? '' : `: ${printable(finding.text, 80)}`
    const more = same.length > 1 ? ` (and ${same.length - 1} more lines like it)` : ''
    return {
      rule: 'lines',
      ...whose(run),
      atMs,
      message: `${run.node} wrote line ${finding.lineNumber}: ${printable(finding.fault, 300)}${text}${more}`,
      cause: {
        code: 'line-refused',
        confidence: 'shown',
        evidence: shown(...same.slice(0, MAX_EVIDENCE).map(({ line }) => line))
      }
    }
  })
  return { found, unknown: [] }
}

/** The books of these nodes are not what they tell; the others say of themselves what is not so. */
const ABOUT_BOOKS: ReadonlySet<RuleId> = new Set(['joined-once', 'updated-listed', 'gone-listed', 'not-itself'])

export function contradictions(rule: ContradictionRule) {
  return (network: Network): Ruling => {
    const all = network.breaches.contradictions.filter(each => each.rule === rule)
    const byRun = Map.groupBy(all, ({ run, peerId }) => `${run.node} ${run.run} ${peerId}`)
    return { found: [...byRun.values()].map(same => foundIn(network, rule, same)), unknown: [] }
  }
}

function foundIn(network: Network, rule: ContradictionRule, same: Network['breaches']['contradictions']): Found {
  const { run, text, peerId, atMs } = same[0]!
  const code: CauseCode = ABOUT_BOOKS.has(rule) ? 'events-differ-from-book' : 'lied'
  const owner = peerId === undefined ? undefined : network.owners.get(peerId)
  const evidence = same.slice(0, MAX_EVIDENCE).flatMap(({ earlier, line }) => [earlier, line])
  return {
    rule,
    ...whose(run),
    ...(owner !== undefined && owner.node !== run.node && { subject: owner.node }),
    atMs,
    message: `${run.node} ${text}${peerId === undefined ? '' : `: ${whom(network, rule, peerId)}`}`,
    cause: { code, confidence: 'shown', evidence: shown(...evidence) }
  }
}

/** What a node says of itself is told by the peer id that it gave. */
function whom(network: Network, rule: ContradictionRule, peerId: string): string {
  return ABOUT_BOOKS.has(rule) && rule !== 'not-itself' ? peerName(network, peerId) : printable(peerId, 64)
}

/** Only addresses that the harness can dial are tried. */
export function dialable({ nodes }: Network): Ruling {
  const probed = [...nodes.values()].flat().filter(run => run.probes.some(({ result }) => result !== 'not-tried'))
  const found = probed.flatMap(run =>
    run.probes.filter(probe => isRefused(run, probe)).map(probe => refusedDial(run, probe))
  )
  if (probed.length === 0) return { found, unknown: [], notTried: 'no address of a node was dialled by the harness' }
  return { found, unknown: [] }
}

type Probe = NodeRun['probes'][number]

/** A node that ended meanwhile could not be dialled for that reason. */
function isRefused({ exit, stopRequestedAtMs }: NodeRun, { result, atMs }: Probe): boolean {
  const endMs = Math.min(exit?.atMs ?? Number.POSITIVE_INFINITY, stopRequestedAtMs ?? Number.POSITIVE_INFINITY)
  return result === 'refused' && endMs > atMs
}

function refusedDial(run: NodeRun, { addr, atMs, line }: Probe): Found {
  return {
    rule: 'dialable',
    ...whose(run),
    atMs,
    message: `${run.node} said ready, and nobody listens at ${printable(addr, 120)}`,
    cause: { code: 'not-dialable', confidence: 'shown', evidence: shown(run.lines.ready, line) }
  }
}

/** The plan says which restarts keep the key. */
export function sameKey({ nodes, plannedSteps }: Network): Ruling {
  if (plannedSteps.size === 0) return { found: [], unknown: [], notTried: 'no node restarts with its key' }
  const actions = [...plannedSteps.values()].map(({ action }) => action)
  const renewed = new Set(actions.flatMap(each => (each.type === 'restart' && each.key === 'new' ? each.nodes : [])))
  const found: Found[] = []
  let tried = 0
  for (const runs of nodes.values()) {
    for (const [i, run] of runs.entries()) {
      const before = runs[i - 1]?.ready
      if (before === undefined || run.ready === undefined || renewed.has(run.node)) continue
      tried += 1
      if (run.ready.peerId !== before.peerId) found.push(otherKey(runs[i - 1]!, run))
    }
  }
  return { found, unknown: [], ...(tried === 0 && { notTried: 'no node restarts with its key' }) }
}

function otherKey(before: NodeRun, run: NodeRun): Found {
  return {
    rule: 'same-key',
    ...whose(run),
    atMs: run.readyAtMs!,
    message: `${run.node} restarted with its key and has another peer id`,
    cause: { code: 'lied', confidence: 'shown', evidence: shown(before.lines.ready, run.lines.ready) }
  }
}
