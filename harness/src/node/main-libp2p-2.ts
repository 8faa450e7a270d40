/** Our node program on libp2p 2. */
import './quick-start.ts'
import './clock.ts'
import { createNode } from './libp2p/libp2p-2.ts'
import { runProgram } from './program.ts'

runProgram(createNode)
