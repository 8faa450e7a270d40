/**
 * `listen ADDRESS PORT` writes `up`, and `from ADDRESS PORT` for each connection, which it answers. `connect ADDRESS PORT [FROM_PORT]`
 * writes `connected` or `failed CODE`, sends all the time, and writes `closed` when the connection has ended.
 */
import { connect, createServer } from 'node:net'

const [, , what, host, port, fromPort] = process.argv
const say = (...words) => process.stdout.write(`${words.join(' ')}\n`)

if (what === 'listen') {
  const server = createServer(socket => {
    say('from', socket.remoteAddress, socket.remotePort)
    socket.on('error', () => {})
    socket.pipe(socket)
  })
  server.listen(Number(port), host, () => say('up'))
} else {
  const socket = connect({ host, port: Number(port), localPort: fromPort && Number(fromPort) })
  let timer
  socket.once('connect', () => {
    say('connected')
    timer = setInterval(() => socket.write('x'), 20)
  })
  socket.on('error', error => say('failed', error.code))
  socket.once('close', () => {
    clearInterval(timer)
    say('closed')
  })
  socket.resume()
}
process.stdin.resume().on('end', () => process.exit())
