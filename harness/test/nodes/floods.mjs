/** Writes rubbish as fast as it can; ends when stdin closes, if it ever gets to read it. */
process.stdin.resume().on('end', () => process.exit())
const lines = 'rubbish\n'.repeat(1_000)
const flood = () => process.stdout.write(lines, flood)
flood()
