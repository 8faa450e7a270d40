/** What nodes cost, as the system counts it: the same for every program. */
import type { NodeName } from '../contract.ts'
import type { Judged } from '../reports/judged.ts'
import type { ComparedName } from '../reports/words/figures/compared.ts'
import { medianOf } from '../statistics/median.ts'

type Costs = Readonly<Partial<Record<ComparedName, number | undefined>>>

/** After full books: what came with the start is mostly over; rest ends when the next step begins, 9 s after full books. */
const REST_BEGINS_MS = 3_500

/** Between the first and the last look at a node; they come each second. */
const LEAST_REST_MS = 2_500

interface Look {
  readonly atMs: number
  readonly value: number
}

/**
 * Until full books, and from shortly after that to the next step. A network that never had full books is measured to the end of the
 * run, and was never at rest.
 *
 * @param next - the first step after full books
 */
export function comparedCosts({ history, network }: Judged, next: string): Costs {
  const fullMs = network.fullSpans[0]?.fromMs
  const untilMs = network.steps.get(next)?.begunAtMs ?? network.nowMs
  const usages = history.filter(event => event.type === 'usage' && event.atMs <= untilMs)
  const cpu = looksOf(usages, event => (event.type === 'usage' ? [event.node, event.cpuMs] : undefined))
  const memory = looksOf(usages, event => (event.type === 'usage' ? [event.node, event.rssBytes] : undefined))
  const received = looksOf(
    history.filter(({ atMs }) => atMs <= untilMs),
    event => (event.type === 'received' ? [event.node, event.bytes] : undefined)
  )
  return {
    cpu:
      fullMs === undefined
        ? Number.POSITIVE_INFINITY
        : median(cpu, looks => looks.find(({ atMs }) => atMs >= fullMs)?.value),
    memory: median(memory, looks => Math.max(...looks.map(({ value }) => value))),
    ...(fullMs !== undefined && {
      'cpu-at-rest': meanRate(cpu, fullMs + REST_BEGINS_MS),
      'bytes-at-rest': meanRate(received, fullMs + REST_BEGINS_MS)
    })
  }
}

function looksOf(
  history: Judged['history'],
  read: (event: Judged['history'][number]) => readonly [NodeName, number] | undefined
): Look[][] {
  const byNode = new Map<NodeName, Look[]>()
  for (const event of history) {
    const [node, value] = read(event) ?? []
    if (node === undefined || value === undefined) continue
    const looks = byNode.get(node) ?? []
    byNode.set(node, looks)
    looks.push({ atMs: event.atMs, value })
  }
  return [...byNode.values()]
}

/** Undefined where nothing counts it. */
function median(nodes: readonly (readonly Look[])[], of: (looks: readonly Look[]) => number | undefined) {
  const values = nodes.flatMap(looks => of(looks) ?? [])
  return values.length === 0 ? undefined : medianOf(values)
}

/** In a second, on average over the nodes. */
function meanRate(nodes: readonly (readonly Look[])[], fromMs: number): number | undefined {
  const rates = nodes.flatMap(looks => {
    const atRest = looks.filter(({ atMs }) => atMs >= fromMs)
    const [first, last] = [atRest[0], atRest.at(-1)]
    if (first === undefined || last === undefined || last.atMs - first.atMs < LEAST_REST_MS) return []
    return [(1_000 * (last.value - first.value)) / (last.atMs - first.atMs)]
  })
  return rates.length === 0 ? undefined : rates.reduce((sum, rate) => sum + rate, 0) / rates.length
}
