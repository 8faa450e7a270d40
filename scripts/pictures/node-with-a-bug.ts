/** Our node program with a bug that one node meets: it crashes once it lists all others. What the pictures of the README show. */
import { createNode } from '../../harness/src/node/libp2p/libp2p-3.ts'
import { runProgram } from '../../harness/src/node/program.ts'

const UNLUCKY = 'n4'

/** Of a network of ten. */
const OTHERS = 9

/** Long enough for the others to list all as well, and within the time for which everything must hold (1 s). */
const CRASHES_AFTER_MS = 500

const { stdout, stderr } = process
const write = stdout.write.bind(stdout)
let joined = 0
stdout.write = ((chunk: string, ...rest: []) => {
  joined += chunk.match(/"type":"joined"/g)?.length ?? 0
  if (process.argv.includes(UNLUCKY) && joined >= OTHERS) setTimeout(crash, CRASHES_AFTER_MS)
  return write(chunk, ...rest)
}) as typeof write

runProgram(createNode)

function crash(): void {
  stderr.write('loading what is cached: 65536 of 65536 bytes\n')
  stderr.write('RangeError: cache.bin ends at offset 65536, wanted 65540\n')
  process.exit(1)
}
