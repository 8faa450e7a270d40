/** Keeps the contract until it should end: ignores stop, the end of stdin, signals, and that nobody reads it. */
for (const event of ['SIGTERM', 'SIGINT', 'SIGHUP', 'uncaughtException']) process.on(event, () => {})
process.exit = () => {}
setInterval(() => {}, 1_000)
await import('./honest.mjs')
