/** Keeps the contract, and uses all of the processor that it gets. */
await import('./honest.mjs')

setInterval(() => {
  const endMs = performance.now() + 5
  while (performance.now() < endMs);
}, 1)
