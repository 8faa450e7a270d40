/** Writes 10 MB in one line, then keeps the contract. */
process.stdout.write(`${'x'.repeat(10_000_000)}\n`)
await import('./honest.mjs')
