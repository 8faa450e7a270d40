/** Stable: all other rules held together, without a break, for the settle time before the run ended. */

import { heldSinceMs } from '../../history/network.ts'
import type { Network } from '../../history/observed.ts'
import { type Latecomer, latecomer } from '../causes/latecomers.ts'
import { atTheEnd, eventually } from '../owed.ts'
import { type Found, type Ruling, shown } from '../ruling.ts'
import { seconds } from '../wording.ts'

/** Times of a history are in whole microseconds: a difference of two may be off by one. */
const ROUNDING_MS = 0.001_5

export const NOT_JUDGED = 'not judged, because not everything else holds'

export function stable(network: Network, othersHold: boolean): Ruling {
  const cut = whyCutShort(network)
  if (cut !== undefined) return { found: [], unknown: [cut] }
  // The other rules say what does not hold; to say it again here would help nobody.
  if (!othersHold) return { found: [], unknown: [NOT_JUDGED] }
  const sinceMs = heldSinceMs(network)
  if (sinceMs === undefined)
    return { found: [], unknown: ['no moment before the end of the run at which everything held'] }
  return settled(network, network.ended!.atMs - sinceMs)
}

function whyCutShort({ started, ended, nowMs }: Network): string | undefined {
  if (started === undefined) return 'the history does not begin with the start of a run: it is not whole'
  if (ended === undefined) return `the history breaks off at ${seconds(nowMs)}, before the run ended: it is not whole`
  if (ended.reason === 'interrupted')
    return `the run was interrupted after ${seconds(ended.atMs)}: let it run to its end`
  return undefined
}

function settled(network: Network, heldMs: number): Ruling {
  const { settleMs } = network.started!
  if (heldMs >= settleMs - ROUNDING_MS) return { found: [], unknown: [] }
  const text = `everything held for ${seconds(heldMs)} before the run ended, not for the settle time of ${seconds(settleMs)}`
  const nodes = [...network.nodes.keys()]
  const late = lastToChange(network, network.nowMs - settleMs)
  const node = late?.node ?? nodes[0] ?? ''
  const message = late === undefined ? text : `${text}; ${late.detail}`
  const found: Found = {
    rule: 'stable',
    node,
    run: network.nodes.get(node)?.at(-1)?.run ?? 1,
    atMs: network.nowMs,
    message,
    cause: late?.cause ?? { code: 'no-evidence', confidence: 'cannot-tell', evidence: [network.line] },
    excusable: atTheEnd(network, ...nodes)
  }
  return eventually(network, [found], message)
}

/** Who made right books wrong last, or else what came last. */
function lastToChange(network: Network, dueMs: number): Latecomer | undefined {
  const broken = network.fullSpans.findLast(({ toMs, brokenBy }) => brokenBy !== undefined && toMs! >= dueMs)
  if (broken === undefined) return latecomer(network, { dueMs })
  const { node, line } = broken.brokenBy!
  return {
    node,
    cause: { code: 'no-evidence', confidence: 'likely', evidence: shown(line, network.line) },
    detail: `all books were right until ${node} wrote another line at ${seconds(broken.toMs!)}`
  }
}
