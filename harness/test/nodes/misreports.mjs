/** Keeps the contract, but is ready under a false name, at an address where nobody listens, with an epoch in seconds. */
const write = process.stdout.write.bind(process.stdout)
process.stdout.write = text => {
  const line = JSON.parse(text)
  if (line.type !== 'ready') return write(text)
  const epoch = Math.floor(line.epoch / 1_000)
  return write(`${JSON.stringify({ ...line, node: 'somebody', addrs: ['/ip4/127.0.0.1/tcp/1'], epoch })}\n`)
}
await import('./honest.mjs')
