/**
 * Links made worse by a switch of ours, where the kernel has no netem. A wire is put in between a node and the bridge:
 *
 *     node - port - side bridge - in ~ switch ~ out - hub
 *
 * `in` and `out` are VXLAN devices, which hand Ethernet frames to the switch as UDP packets. Unlike TAP devices they need neither
 * /dev/net/tun nor a further program.
 */
import type { Links } from '../../../faults/fault.ts'
import { type Helper, startHelper } from '../helper.ts'
import type { Hub } from '../hub.ts'
import { portOf, shapedPortOf, type Topology } from '../topology.ts'
import type { ShapedCounts, Shaper } from './shaper.ts'
import type { WireCounts } from './wire.ts'

export type SwitchCommand = { wire: number } & (
  | { type: 'shape'; links: Links }
  /** What is under way on the wire leaves it at once. */
  | { type: 'unshape' }
  | { type: 'count' }
)

/** Between the hub and the namespace of the switch; the nodes have no way there. */
const HUB_SIDE = '192.168.255.1'
const SWITCH_SIDE = '192.168.255.2'
const VXLAN_PORT = 4789

export function createWires(hub: Hub, seed: number): Shaper {
  const wired = new Set<number>()
  let starting: Promise<Switch> | undefined
  return {
    async apply(changes) {
      starting ??= startSwitch(hub, seed)
      const { ask } = await starting
      const isShaped = ([, links]: readonly [number, Links | undefined]) => links !== undefined
      const shaped = [...changes].filter(isShaped) as [number, Links][]
      const removed = [...changes].filter(change => !isShaped(change) && wired.has(change[0])).map(([slot]) => slot)
      await Promise.all(shaped.map(([wire, links]) => ask({ type: 'shape', wire, links })))
      await Promise.all(removed.map(wire => ask({ type: 'unshape', wire })))
      const added = shaped.map(([slot]) => slot).filter(slot => !wired.has(slot))
      const lines = [
        ...added.flatMap(slot => putIn(slot, bridgeOf(hub.topology, slot))),
        ...removed.flatMap(slot => takeOut(slot, bridgeOf(hub.topology, slot)))
      ]
      if (lines.length > 0) await hub.run('ip', ['-batch', '-'], lines.join('\n'))
      for (const slot of added) wired.add(slot)
      for (const slot of removed) wired.delete(slot)
    },
    async countsOf(slot) {
      if (starting === undefined || !wired.has(slot)) return undefined
      const counts = await (await starting).ask({ type: 'count', wire: slot })
      return counts === null ? undefined : shapedCounts(counts)
    },
    close: async () => (await starting?.catch(() => undefined))?.end()
  }
}

function shapedCounts({ passed, lost, overflowed, duplicated, reordered, delayMs }: WireCounts): ShapedCounts {
  return { passed, dropped: lost + overflowed, duplicated, reordered, delayMs }
}

function bridgeOf(topology: Topology, slot: number): string {
  return topology.placeOf(slot).bridge
}

/** Lines for `ip -batch`. */
function putIn(slot: number, bridge: string): string[] {
  const vxlan = (network: number) =>
    `type vxlan id ${network} local ${HUB_SIDE} remote ${SWITCH_SIDE} dstport ${VXLAN_PORT} nolearning`
  return [
    `link add name side${slot} type bridge mcast_snooping 0`,
    // One segment each: a frame that is larger than the device would not come back.
    `link add name in${slot} mtu 1500 gso_max_segs 1 ${vxlan(2 * slot)}`,
    `link add name ${shapedPortOf(slot)} mtu 1500 gso_max_segs 1 ${vxlan(2 * slot + 1)}`,
    `link set dev side${slot} addrgenmode none up`,
    `link set dev in${slot} addrgenmode none master side${slot} up`,
    `link set dev ${shapedPortOf(slot)} addrgenmode none master ${bridge} up`,
    `link set dev ${portOf(slot)} master side${slot}`
  ]
}

function takeOut(slot: number, bridge: string): string[] {
  return [
    `link set dev ${portOf(slot)} master ${bridge}`,
    ...[shapedPortOf(slot), `in${slot}`, `side${slot}`].map(device => `link del dev ${device}`)
  ]
}

type Switch = Helper<SwitchCommand, WireCounts | null>

async function startSwitch(hub: Hub, seed: number): Promise<Switch> {
  await connectSwitch(hub)
  const program = new URL('./switch', import.meta.url)
  return startHelper(hub.enterNamed('switch'), program, [SWITCH_SIDE, String(VXLAN_PORT), String(seed)])
}

/** The switch has a namespace of its own: the kernel's side of VXLAN holds the port in the hub. */
async function connectSwitch(hub: Hub): Promise<void> {
  const mtu = 'mtu 9000'
  await hub.run(
    'ip',
    ['-batch', '-'],
    [
      'netns add switch',
      `link add name wires ${mtu} type veth peer name wires ${mtu} netns switch`,
      `address add ${HUB_SIDE}/30 dev wires`,
      'link set dev wires addrgenmode none up'
    ].join('\n')
  )
  await hub.run(
    'ip',
    ['-n', 'switch', '-batch', '-'],
    ['link set dev lo up', `address add ${SWITCH_SIDE}/30 dev wires`, 'link set dev wires addrgenmode none up'].join(
      '\n'
    )
  )
}
