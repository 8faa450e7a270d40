/** Faults of links: several may be in force on one node, and their effects add up. */
import type { NodeName } from '../../../contract.ts'
import type { FaultInForce, LinkFault, Links, Proof } from '../../../faults/fault.ts'
import type { ShapedCounts, Shaper } from './shaper.ts'
import { combine } from './wire.ts'

export class LinkFaults {
  readonly #shaper: Shaper
  readonly #slotOf: (node: NodeName) => number
  readonly #inForce = new Set<LinkFault>()
  #turn: Promise<unknown> = Promise.resolve()

  /** @param slotOf - the place of a node, which must be furnished */
  constructor(shaper: Shaper, slotOf: (node: NodeName) => number) {
    this.#shaper = shaper
    this.#slotOf = slotOf
  }

  /** @throws if the system refuses */
  async inject(fault: LinkFault): Promise<FaultInForce> {
    this.#inForce.add(fault)
    try {
      await this.#apply(fault.nodes)
      return await this.#follow(fault, await this.#countsOf(fault.nodes))
    } catch (error) {
      this.#inForce.delete(fault)
      throw error
    }
  }

  #follow(fault: LinkFault, before: readonly (ShapedCounts | undefined)[]): FaultInForce {
    let healing: Promise<void> | undefined
    return {
      prove: async () => {
        try {
          if (healing !== undefined) return this.#proofOfUndo(fault, await this.#countsOf(fault.nodes))
          return proofOf(fault, before, await this.#countsOf(fault.nodes))
        } catch (error) {
          return { result: 'inconclusive', seen: `the links could not be looked at: ${(error as Error).message}` }
        }
      },
      undo: () => {
        this.#inForce.delete(fault)
        // One that failed can be tried again.
        healing ??= this.#apply(fault.nodes).catch(error => {
          healing = undefined
          throw error
        })
        return healing
      }
    }
  }

  /** One change at a time, with what is in force when its turn comes. */
  async #apply(nodes: readonly NodeName[]): Promise<void> {
    const applied = this.#turn.then(() => {
      const changes = nodes.map(node => [this.#slotOf(node), this.#linksOf(node)] as const)
      return this.#shaper.apply(new Map(changes))
    })
    this.#turn = applied.catch(() => {})
    await applied
  }

  #linksOf(node: NodeName): Links | undefined {
    const all = [...this.#inForce].filter(({ nodes }) => nodes.includes(node))
    return all.length === 0 ? undefined : combine(all.map(({ links }) => links))
  }

  async #countsOf(nodes: readonly NodeName[]): Promise<(ShapedCounts | undefined)[]> {
    return await Promise.all(nodes.map(node => this.#shaper.countsOf(this.#slotOf(node))))
  }

  #proofOfUndo({ nodes }: LinkFault, counts: readonly (ShapedCounts | undefined)[]): Proof {
    const still = nodes.filter((node, i) => counts[i] !== undefined && this.#linksOf(node) === undefined)
    if (still.length === 0)
      return { result: 'confirmed', seen: `the links of ${listed(nodes)} are as they were before` }
    return { result: 'mismatch', seen: `the links of ${listed(still)} are still shaped` }
  }
}

function proofOf(
  { nodes, links }: LinkFault,
  before: readonly (ShapedCounts | undefined)[],
  after: readonly (ShapedCounts | undefined)[]
): Proof {
  const untouched = nodes.filter((_, i) => after[i] === undefined)
  if (untouched.length > 0) return { result: 'mismatch', seen: `nothing shapes the links of ${listed(untouched)}` }
  const since = (key: keyof ShapedCounts) => sum(after, key) - sum(before, key)
  const passed = since('passed')
  const dropped = since('dropped')
  if (passed + dropped === 0) return { result: 'inconclusive', seen: `${listed(nodes)} sent no packet meanwhile` }
  const measured = after.every(counts => counts?.delayMs !== undefined)
  const lateBy = measured && passed > 0 ? `, ${(since('delayMs') / passed).toFixed(1)} ms late on average` : ''
  const extra = measured ? `, ${since('duplicated')} duplicated, ${since('reordered')} out of order` : ''
  const seen = `of the packets that ${listed(nodes)} sent, ${passed} passed${lateBy}${extra}, and ${dropped} were dropped`
  const wanted: [effect: string, ratio: number | undefined, count: number][] = [
    ['lost', links.lossRatio, dropped],
    ['duplicated', measured ? links.duplicateRatio : 0, since('duplicated')],
    ['reordered', measured ? links.reorderRatio : 0, since('reordered')]
  ]
  const unseen = wanted.filter(([, ratio = 0, count]) => ratio > 0 && count === 0).map(([effect]) => effect)
  if (unseen.length > 0)
    return { result: 'inconclusive', seen: `${seen}: too few for one to be ${unseen.join(' or ')}` }
  return { result: 'confirmed', seen }
}

function sum(counts: readonly (ShapedCounts | undefined)[], key: keyof ShapedCounts): number {
  return counts.reduce((total, one) => total + (one?.[key] ?? 0), 0)
}

/** Names that are told; the others are counted. */
const MAX_NAMES = 6

export function listed(nodes: readonly NodeName[]): string {
  const more = nodes.length - MAX_NAMES
  return more <= 0 ? nodes.join(', ') : `${nodes.slice(0, MAX_NAMES).join(', ')} and ${more} more`
}
