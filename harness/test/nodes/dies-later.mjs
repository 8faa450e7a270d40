/** Keeps the contract until it knows somebody, then is killed by the kernel's hardest signal. */
const write = process.stdout.write.bind(process.stdout)
process.stdout.write = text => {
  write(text)
  if (!text.includes('"joined"')) return
  process.stdout.write = write
  process.stderr.write('heap is full\n', () => process.kill(process.pid, 'SIGKILL'))
}
await import('./honest.mjs')
