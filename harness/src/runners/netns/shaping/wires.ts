/**
 * Links made worse by a switch of ours, where the kernel has no netem. A wire is put in between a node and the bridge:
 *
 *     node - port - side bridge - in ~ switch ~ out - hub
 *
 * `in` and `out` are VXLAN devices, which hand Ethernet frames to the switch as UDP packets. Unlike TAP devices they need neither
 * /dev/net/tun nor a further program.
 */
import { extname } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import type { Links } from '../../../faults/fault.ts'
import { markOf, newRunId } from '../../processes/mark.ts'
import { type Hub, portOf } from '../hub.ts'
import type { ShapedCounts, Shaper } from './shaper.ts'
import type { WireCounts } from './wire.ts'

export type SwitchCommand = { request: number; wire: number } & (
  | { type: 'shape'; links: Links }
  /** What is under way on the wire leaves it at once. */
  | { type: 'unshape' }
  | { type: 'count' }
)

export type SwitchAnswer =
  | { type: 'up' }
  /** As the wire was when the command came; without `counts` if there was none. */
  | { type: 'wire'; request: number; counts?: WireCounts }

/** Between the hub and the namespace of the switch; the nodes have no way there. */
const HUB_SIDE = '192.168.255.1'
const SWITCH_SIDE = '192.168.255.2'
const VXLAN_PORT = 4789

/** The bridge's port that leads to a node by way of the switch. */
export function shapedPortOf(slot: number): string {
  return `out${slot}`
}

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
      const lines = [...added.flatMap(putIn), ...removed.flatMap(takeOut)]
      if (lines.length > 0) await hub.run('ip', ['-batch', '-'], lines.join('\n'))
      for (const slot of added) wired.add(slot)
      for (const slot of removed) wired.delete(slot)
    },
    async countsOf(slot) {
      if (starting === undefined || !wired.has(slot)) return undefined
      const counts = await (await starting).ask({ type: 'count', wire: slot })
      return counts === undefined ? undefined : shapedCounts(counts)
    },
    close: async () => (await starting?.catch(() => undefined))?.end()
  }
}

function shapedCounts({ passed, lost, overflowed, duplicated, reordered, delayMs }: WireCounts): ShapedCounts {
  return { passed, dropped: lost + overflowed, duplicated, reordered, delayMs }
}

/** Lines for `ip -batch`. */
function putIn(slot: number): string[] {
  const vxlan = (network: number) =>
    `type vxlan id ${network} local ${HUB_SIDE} remote ${SWITCH_SIDE} dstport ${VXLAN_PORT} nolearning`
  return [
    `link add name side${slot} type bridge mcast_snooping 0`,
    // One segment each: a frame that is larger than the device would not come back.
    `link add name in${slot} mtu 1500 gso_max_segs 1 ${vxlan(2 * slot)}`,
    `link add name ${shapedPortOf(slot)} mtu 1500 gso_max_segs 1 ${vxlan(2 * slot + 1)}`,
    `link set dev side${slot} addrgenmode none up`,
    `link set dev in${slot} addrgenmode none master side${slot} up`,
    `link set dev ${shapedPortOf(slot)} addrgenmode none master hub up`,
    `link set dev ${portOf(slot)} master side${slot}`
  ]
}

function takeOut(slot: number): string[] {
  return [
    `link set dev ${portOf(slot)} master hub`,
    ...[shapedPortOf(slot), `in${slot}`, `side${slot}`].map(device => `link del dev ${device}`)
  ]
}

interface Switch {
  /** What the wire counted when the command came. @throws if the switch has ended */
  ask(command: WithoutRequest<SwitchCommand>): Promise<WireCounts | undefined>
  end(): Promise<void>
}

type WithoutRequest<T> = T extends unknown ? Omit<T, 'request'> : never

async function startSwitch(hub: Hub, seed: number): Promise<Switch> {
  await connectSwitch(hub)
  const [program = '', ...enter] = hub.enterNamed('switch')
  const path = fileURLToPath(new URL(`./switch${extname(import.meta.filename)}`, import.meta.url))
  const args = [...enter, process.execPath, path, SWITCH_SIDE, String(VXLAN_PORT), String(seed)]
  const env = markOf(newRunId(), 'switch', 1)
  const child = execa(program, args, { detached: true, env, stdin: 'pipe', buffer: { stdout: false }, reject: false })
  child.stdin.on('error', () => {})
  const waiting = new Map<number, (answer: SwitchAnswer) => void>()
  const lost = child.then(({ stderr }): never => {
    throw new Error(`the switch ended: ${stderr.trim().split('\n').at(-1) || 'without a word'}`)
  })
  lost.catch(() => {})
  const up = Promise.withResolvers<void>()
  createInterface({ input: child.stdout }).on('line', line => {
    const answer = JSON.parse(line) as SwitchAnswer
    if (answer.type === 'up') return up.resolve()
    waiting.get(answer.request)?.(answer)
    waiting.delete(answer.request)
  })
  await Promise.race([up.promise, lost])
  let requests = 0
  return {
    async ask(command) {
      requests += 1
      const request = requests
      const answered = new Promise<SwitchAnswer>(resolve => waiting.set(request, resolve))
      child.stdin.write(`${JSON.stringify({ ...command, request })}\n`)
      const answer = await Promise.race([answered, lost])
      return answer.type === 'wire' ? answer.counts : undefined
    },
    async end() {
      child.stdin.end()
      await child
    }
  }
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
