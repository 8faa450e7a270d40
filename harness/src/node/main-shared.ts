/** Several of our nodes on libp2p 3, in one process. */
import './quick-start.ts'
import './clock.ts'
import { createNode } from './libp2p/libp2p-3.ts'
import { runShared } from './shared/shared-program.ts'

runShared(createNode)
