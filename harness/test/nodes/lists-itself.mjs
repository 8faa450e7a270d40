/** Keeps the contract, but its book lists the node itself. */
const write = process.stdout.write.bind(process.stdout)
let self
process.stdout.write = text => {
  const line = JSON.parse(text)
  if (line.type === 'ready')
    self = { peerId: line.peerId, name: line.node, addrs: line.addrs, epoch: line.epoch, seq: 1 }
  return write(line.type === 'book' ? `${JSON.stringify({ ...line, entries: [...line.entries, self] })}\n` : text)
}
await import('./honest.mjs')
