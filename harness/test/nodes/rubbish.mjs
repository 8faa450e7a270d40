/** Keeps the contract, but for lines of rubbish in between. */
console.log('Starting up...')
console.log('{"type":"hello"}')
await import('./honest.mjs')
