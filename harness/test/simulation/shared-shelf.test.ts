import { signedAnnouncement } from 'libp2p-gossip-discovery/core'
import { test } from 'tap'
import { Issuer } from '../../src/simulation/issuer.ts'
import { SharedShelf } from '../../src/simulation/shared-shelf.ts'

test('a record stands on the shelf once, however many books put it there, and whatever they drop', async t => {
  const shelf = new SharedShelf()
  const [a, b] = [0, 1].map(index => new Issuer({ index, peer: `peer-${index}` }))
  const records = [a!, a!, b!].map((issuer, at) => issuer.sign(announcementOf(`peer-${at === 2 ? 1 : 0}`), at))
  const forged = signedAnnouncement(announcementOf('peer-0'), new Uint8Array(1))
  const numbers = [...records, forged].map(record => shelf.put(record))
  t.equal(new Set(numbers).size, 4)
  shelf.drop()
  for (const [at, record] of [...records, forged].entries()) {
    t.equal(shelf.put(record), numbers[at])
    t.equal(shelf.at(numbers[at]!), record)
  }
})

function announcementOf(peer: string) {
  return { peer, epoch: 1, seq: 1, name: '', addrs: [], metadata: new Map(), ttlMs: 30_000, leaving: false }
}
