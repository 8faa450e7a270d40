/**
 * A program: shapes packets in place of the kernel's netem. It has one UDP socket. The bridge's side sends it Ethernet frames in
 * VXLAN (RFC 7348): those of network 2w enter wire w at its node, and leave as network 2w + 1 towards the bridge; those of
 * 2w + 1 come from the bridge, and go to the node as 2w at once. It ends with its stdin.
 *
 * Usage: switch ADDRESS PORT SEED, where ADDRESS is its own.
 */
import { createSocket } from 'node:dgram'
import { serveRequests } from '../serve-requests.ts'
import { completeChecksum } from './checksum.ts'
import { seededChance, Wire, type WireCounts } from './wire.ts'
import type { SwitchCommand } from './wires.ts'

const VXLAN_BYTES = 8
/** What a host lets a socket have; it is asked for, not promised. */
const SOCKET_BYTES = 4 * 2 ** 20

const [address, port, seed] = process.argv.slice(2)
const chance = seededChance(Number(seed))
const wires = new Map<number, { wire: Wire; timer: ReturnType<typeof setTimeout> | undefined }>()
const socket = createSocket({ type: 'udp4', recvBufferSize: SOCKET_BYTES, sendBufferSize: SOCKET_BYTES })
let peer: string | undefined

socket.on('message', (packet, { address: sender }) => {
  if (packet.length <= VXLAN_BYTES) return
  peer ??= sender
  const network = packet.readUIntBE(4, 3)
  packet.writeUIntBE(network ^ 1, 4, 3)
  completeChecksum(packet.subarray(VXLAN_BYTES))
  const found = wires.get(network >> 1)
  if (network % 2 === 1 || found === undefined) return send(packet)
  found.wire.enter(packet, performance.now())
  sendDue(network >> 1)
})
// An answer shows that the switch works.
socket.bind(Number(port), address, () => serveRequests(obey))

/** Returns what the wire counted when the command came; null if there was none. */
function obey(command: SwitchCommand): WireCounts | null {
  const { wire: number } = command
  if (command.type === 'shape') {
    const found = wires.get(number) ?? { wire: new Wire(chance), timer: undefined }
    found.wire.setLinks(command.links)
    wires.set(number, found)
  }
  const wire = wires.get(number)?.wire
  if (command.type === 'unshape') {
    for (const packet of wire?.flush(performance.now()) ?? []) send(packet)
    clearTimeout(wires.get(number)?.timer)
    wires.delete(number)
  }
  return wire?.counts ?? null
}

/** Sends what is due, and comes back for the next. A timer may be early by a fraction of a millisecond; a packet never is. */
function sendDue(number: number): void {
  const found = wires.get(number)
  if (found === undefined) return
  const nowMs = performance.now()
  for (const packet of found.wire.leave(nowMs)) send(packet)
  clearTimeout(found.timer)
  const nextMs = found.wire.nextDueMs()
  if (nextMs !== undefined) found.timer = setTimeout(sendDue, Math.max(1, Math.ceil(nextMs - nowMs)), number)
}

function send(packet: Buffer): void {
  // A packet that the kernel does not take is lost, as on any link.
  socket.send(packet, Number(port), peer, () => {})
}
