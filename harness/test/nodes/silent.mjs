/** Says nothing at all; ends when stdin closes. */
process.stdin.resume().on('end', () => process.exit())
