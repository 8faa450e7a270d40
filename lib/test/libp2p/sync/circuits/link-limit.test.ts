/** What a connection that a relay will end says of its limit, and what follows from it. */
import { test } from 'tap'
import { LinkLimit } from '../../../../src/libp2p/sync/circuits/link-limit.ts'

const KIB = 1024

test('a circuit is renewed before its bytes are used up, and one without a limit of bytes is not for these', async t => {
  const limits = { bytes: BigInt(128 * KIB) }
  const limit = new LinkLimit(limits, 0)
  t.notOk(limit.isShort(0))
  limits.bytes = BigInt(40 * KIB)
  t.notOk(limit.isShort(0))
  limits.bytes = BigInt(28 * KIB)
  t.ok(limit.isShort(0))
  t.ok(limit.isOver(0), 'when it ends now, that was its limit')
  t.notOk(new LinkLimit({ seconds: 120 }, 0).isShort(0))
})

test('a circuit is renewed before its time is over', async t => {
  const limit = new LinkLimit({ seconds: 120 }, 1_000)
  t.notOk(limit.isShort(1_000 + 104_000))
  t.ok(limit.isShort(1_000 + 106_000))
  t.notOk(limit.isOver(1_000 + 106_000))
  t.ok(limit.isOver(1_000 + 119_500))
})

test("js-libp2p's relays write milliseconds where seconds are meant", async t => {
  const limit = new LinkLimit({ seconds: 120_000 }, 0)
  t.notOk(limit.isShort(104_000))
  t.ok(limit.isShort(106_000))
  t.ok(limit.isOver(120_100))
  const short = new LinkLimit({ seconds: 5_000 }, 0)
  t.notOk(short.isShort(5_100), 'perhaps it is five thousand seconds')
  t.ok(short.isOver(5_100), 'but that it ended just now tells')
  t.notOk(short.isOver(7_000))
})
