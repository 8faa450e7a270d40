/** The strangers of one flood, told by their parent whom to flood. */
import { passing } from './duration.ts'
import { sendRecords } from './feeder.ts'
import type { FloodOrder } from './flood.ts'
import { identityOf, recordOf } from './identity.ts'
import { type Link, type Stranger, startStranger, type Target } from './stranger.ts'

const PUBLISH_INTERVAL_MS = 10

process.once('message', async (order: FloodOrder) => await run(order))
process.once('disconnect', () => process.exit())

async function run({ targets, strangers, each, published, ip, patienceMs }: FloodOrder): Promise<void> {
  const all: { stranger: Stranger; links: Link[]; invented: Uint8Array[] }[] = []
  while (all.length < strangers) {
    const stranger = await startStranger({ teardown() {} }, ip === undefined ? {} : { ip })
    const invented = Array.from({ length: each }, () => recordOf(identityOf(), { epoch: Date.now() }))
    all.push({ stranger, links: await linksOf(stranger, targets), invented })
  }
  process.send?.('begun')
  await Promise.all(
    all.map(async ({ stranger, links, invented }) => {
      for (const link of links) await Promise.race([sendRecords(link, invented, 'push'), passing(patienceMs)])
      for (const envelope of invented.slice(0, published)) {
        await stranger.publish(envelope).catch(() => {})
        await passing(PUBLISH_INTERVAL_MS)
      }
    })
  )
  process.exit()
}

/** One who is not let in floods the others. */
async function linksOf(stranger: Stranger, targets: readonly Target[]): Promise<Link[]> {
  const links: Link[] = []
  for (const target of targets) {
    const link = await stranger.link(target).catch(() => undefined)
    if (link !== undefined) links.push(link)
  }
  return links
}
