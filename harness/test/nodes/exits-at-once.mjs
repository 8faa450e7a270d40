/** Ends before it is ready, with an explanation. */
process.stderr.write('cannot read \u001b[31mconfig.json\u001b[0m\n')
process.exitCode = 9
