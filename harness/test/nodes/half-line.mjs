/** Dies in the middle of a line. */
process.stderr.write('about to die\n')
process.stdout.write('{"type":"ready","v":1,"no', () => process.exit(7))
