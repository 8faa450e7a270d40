/** Says left of a peer that it never listed. */
import { run } from './base.mjs'

run({ joined: node => node.write({ type: 'left', peerId: 'never-joined' }) })
