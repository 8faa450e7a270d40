/** Bytes: what nodes receive, where the runner counts it. */
import type { Network } from '../../history/observed.ts'
import { type Found, type Ruling, shown } from '../ruling.ts'
import { amountText, nameList } from '../wording.ts'

export function bytes(network: Network): Ruling {
  const bound = network.started?.plan?.bounds.maxBytesPerSecond
  if (bound === undefined) return { found: [], unknown: [], notTried: 'the scenario does not bound what nodes receive' }
  const { received, nodes, nowMs } = network
  const started = [...nodes].filter(([, runs]) => runs.some(run => run.spawnedAtMs !== undefined)).map(([node]) => node)
  const uncounted = started.filter(node => !received.has(node))
  if (received.size === 0 || uncounted.length > 0 || nowMs === 0)
    return { found: [], unknown: [notTried(bound, uncounted)] }
  const total = [...received.values()].reduce((sum, { bytes }) => sum + bytes, 0)
  const perSecond = total / (nowMs / 1_000) / nodes.size
  return { found: perSecond <= bound ? [] : [foundIn(network, bound, perSecond)], unknown: [] }
}

function notTried(bound: number, uncounted: readonly string[]): string {
  const whose = uncounted.length === 0 ? 'nodes receive' : `${nameList(uncounted)} received`
  const remedy = 'run the scenario with --runner netns or --runner simulation'
  return `not tried whether a node received more than ${amountText(bound)} bytes/s: nothing counts what ${whose}; ${remedy}`
}

/** The average is of the whole network; who received most is named. */
function foundIn({ received, nodes, nowMs }: Network, bound: number, perSecond: number): Found {
  const [[node, most] = ['', { bytes: 0, line: 0 }]] = [...received].sort(([, a], [, b]) => b.bytes - a.bytes)
  const own = most.bytes / (nowMs / 1_000)
  const rate = (each: number) => `${amountText(Math.round(each))} bytes/s`
  return {
    rule: 'bytes',
    node,
    run: nodes.get(node)?.at(-1)?.run ?? 0,
    atMs: nowMs,
    message: `a node received ${rate(perSecond)} on average, not at most ${amountText(bound)}; ${node} received most, ${rate(own)}`,
    cause: { code: 'no-evidence', confidence: 'cannot-tell', evidence: shown(most.line) }
  }
}
