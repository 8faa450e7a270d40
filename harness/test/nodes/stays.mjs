/** Keeps the contract, but does not know how to leave. */
const parse = JSON.parse
JSON.parse = text => {
  const value = parse(text)
  return value.type === 'leave' ? {} : value
}
await import('./honest.mjs')
