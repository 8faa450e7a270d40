/** Which means of shaping this kernel has. */
import type { Hub } from '../hub.ts'
import { createNetemShaper } from './netem.ts'
import type { Shaper } from './shaper.ts'
import { createWires } from './wires.ts'

/** What this kernel can do, found out before the run starts. */
export type ShapingMeans = 'netem' | 'switch' | 'none'

export async function findShapingMeans(hub: Hub): Promise<ShapingMeans> {
  const works = (tool: 'ip' | 'tc', ...args: string[]) =>
    hub.run(tool, args).then(
      () => true,
      () => false
    )
  if (await works('tc', 'qdisc', 'add', 'dev', 'lo', 'root', 'netem', 'delay', '1ms')) {
    await hub.run('tc', ['qdisc', 'del', 'dev', 'lo', 'root'])
    return 'netem'
  }
  if (await works('ip', 'link', 'add', 'name', 'probe', 'type', 'vxlan', 'id', '1', 'dstport', '4789')) {
    await hub.run('ip', ['link', 'del', 'dev', 'probe'])
    return 'switch'
  }
  return 'none'
}

/** @param seed - of the switch's chance; netem has a chance of its own */
export function createShaper(hub: Hub, means: Exclude<ShapingMeans, 'none'>, seed: number): Shaper {
  return means === 'netem' ? createNetemShaper(hub) : createWires(hub, seed)
}
