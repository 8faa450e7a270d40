/** `serve ADDRESS` sends every packet back. `ping ADDRESS COUNT GAP_MS` sends so many, and writes how long each took, in ms. */
import { createSocket } from 'node:dgram'

const PORT = 7000
const [, , what, address, count, gapMs] = process.argv
const socket = createSocket('udp4')

if (what === 'serve') {
  socket.on('message', (packet, { port, address: sender }) => socket.send(packet, port, sender))
  socket.bind(PORT, address, () => process.stdout.write('up\n'))
} else {
  let sent = 0
  const sentMs = new Map()
  socket.on('message', packet => {
    const number = packet.readUInt32BE(0)
    process.stdout.write(`${number} ${performance.now() - sentMs.get(number)}\n`)
  })
  socket.bind(0, () => {
    const timer = setInterval(() => {
      const packet = Buffer.alloc(100)
      packet.writeUInt32BE(sent)
      sentMs.set(sent, performance.now())
      socket.send(packet, PORT, address)
      sent += 1
      if (sent === Number(count)) clearInterval(timer)
    }, Number(gapMs))
  })
}
process.stdin.resume().on('end', () => process.exit())
