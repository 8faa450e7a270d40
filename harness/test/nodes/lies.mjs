/** Keeps the contract, but its book lacks everybody. */
const write = process.stdout.write.bind(process.stdout)
process.stdout.write = text => write(text.startsWith('{"type":"book"') ? '{"type":"book","entries":[]}\n' : text)
await import('./honest.mjs')
