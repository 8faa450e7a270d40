/** Our node program on libp2p 3. */
import './clock.ts'
import { createNode } from './libp2p-node.ts'
import { runProgram } from './program.ts'

runProgram(createNode)
