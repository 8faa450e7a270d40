/** Links made worse by netem, the kernel's own. */
import type { Links } from '../../../faults/fault.ts'
import type { Hub } from '../hub.ts'
import { namespaceOf } from '../topology.ts'
import type { ShapedCounts, Shaper } from './shaper.ts'
import { MAX_UNDER_WAY } from './wire.ts'

export function createNetemShaper(hub: Hub): Shaper {
  const tc = (slot: number, ...args: string[]) => hub.run('tc', ['-n', namespaceOf(slot), ...args])
  const shaped = new Set<number>()
  return {
    async apply(changes) {
      for (const [slot, links] of changes) {
        if (links !== undefined) await tc(slot, 'qdisc', 'replace', 'dev', 'eth0', 'root', ...netemArgs(links))
        else if (shaped.has(slot)) await tc(slot, 'qdisc', 'del', 'dev', 'eth0', 'root')
        if (links === undefined) shaped.delete(slot)
        else shaped.add(slot)
      }
    },
    countsOf: async slot => countsIn(await tc(slot, '-s', '-j', 'qdisc', 'show', 'dev', 'eth0')),
    close: async () => {}
  }
}

/** As tc takes them. */
export function netemArgs(links: Links): string[] {
  const { latencyMs = 0, jitterMs = 0, lossRatio = 0, duplicateRatio = 0, reorderRatio = 0, bytesPerSecond } = links
  const hasDelay = latencyMs > 0 || jitterMs > 0
  return [
    'netem',
    'limit',
    String(MAX_UNDER_WAY),
    ...(hasDelay ? ['delay', `${latencyMs}ms`, `${jitterMs}ms`] : []),
    ...(lossRatio > 0 ? ['loss', percent(lossRatio)] : []),
    ...(duplicateRatio > 0 ? ['duplicate', percent(duplicateRatio)] : []),
    ...(reorderRatio > 0 ? ['reorder', percent(reorderRatio)] : []),
    ...(bytesPerSecond === undefined ? [] : ['rate', `${Math.max(8, Math.round(bytesPerSecond * 8))}bit`])
  ]
}

function percent(ratio: number): string {
  return `${Number((ratio * 100).toFixed(4))}%`
}

/** Undefined if netem is not among the queues. */
export function countsIn(json: string): ShapedCounts | undefined {
  const queues = JSON.parse(json) as { kind: string; packets: number; drops: number }[]
  const netem = queues.find(({ kind }) => kind === 'netem')
  return netem === undefined ? undefined : { passed: netem.packets, dropped: netem.drops }
}
