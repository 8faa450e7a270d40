/** Keeps the contract until it should end: ignores stop, the end of stdin, and signals. */
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => {})
process.exit = () => {}
setInterval(() => {}, 1_000)
await import('./honest.mjs')
