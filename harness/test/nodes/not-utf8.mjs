/** Writes bytes that are not UTF-8, then keeps the contract. */
process.stdout.write(Buffer.from([0x22, 0xff, 0xfe, 0x22, 0x0a]))
await import('./honest.mjs')
