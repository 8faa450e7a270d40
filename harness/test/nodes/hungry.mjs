/** Takes more and more memory, and never gives any back. */
const taken = []
setInterval(() => taken.push(Buffer.alloc(2 ** 23, 1)), 1)
