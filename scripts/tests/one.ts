/** `npm run test:one -- FILE`: loaded before the file, so that nothing but Node stands between the two. */
import './properties.ts'
import { reportReadably } from './readable.ts'

if (process.argv[1] === undefined) {
  console.error('usage: npm run test:one -- FILE, such as lib/test/core/gossip/sync.test.ts')
  process.exit(2)
}
await reportReadably('every test')
