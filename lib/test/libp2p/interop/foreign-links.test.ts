/** How many nodes of the other discovery a node dials, and which connections it gives up. */
import { test } from 'tap'
import { ForeignLinks, type ForeignLinksHost } from '../../../src/libp2p/interop/foreign-links.ts'
import { Hints } from '../../../src/libp2p/interop/hints.ts'

const STEP_MS = 500

/** A node whose dials succeed at once, among nodes that speak only theirs. */
class Node {
  readonly hints = new Hints()
  readonly open = new Set<string>()
  readonly hungUp: string[] = []
  dials = 0
  most = 0
  nowMs = 0
  readonly #links: ForeignLinks

  /** @param size - entries of the book @param partners - of this node's own network */
  constructor(size: number, partners: number) {
    const host = {
      core: { book: { size }, overlay: { size: partners, isConnected: () => false } },
      driver: {
        stopping: new AbortController().signal,
        run: () => {},
        handle: ({ target }: { target: { id: string } }) => {
          this.dials++
          this.open.add(target.id)
        }
      },
      partners: {
        hangUp: async (peer: string) => {
          this.hungUp.push(peer)
          this.open.delete(peer)
        }
      },
      hints: this.hints,
      targetConnections: 3,
      isConnected: (peer: string) => this.open.has(peer)
    }
    this.#links = new ForeignLinks(host as unknown as ForeignLinksHost)
  }

  /** Each of so many peers says where it is every 10 s, for this time. */
  async live(theirs: number, forMs: number): Promise<void> {
    for (const endMs = this.nowMs + forMs; this.nowMs < endMs; this.nowMs += STEP_MS) {
      if (this.nowMs % 10_000 === 0) this.#hear(theirs)
      this.#links.care([...this.open], this.nowMs)
      this.most = Math.max(this.most, this.open.size)
    }
  }

  #hear(theirs: number): void {
    for (let i = 0; i < theirs; i++) {
      const said = Uint8Array.of(i, i >> 8)
      if (this.hints.heardAgain(`${i}`, said, this.nowMs) !== undefined) continue
      this.hints.add(`${i}`, said, [`/ip4/192.0.2.${i % 250}/tcp/1`], this.nowMs).isTold = true
    }
  }
}

test('a node that is alone among many of theirs tries one after the other, and keeps three', async t => {
  const node = new Node(0, 0)
  await node.live(1_000, 120_000)
  t.ok(node.dials > 100, `${node.dials} dials`)
  t.ok(node.most <= 40, `at most ${node.most} connections at once`)
  await node.live(0, 400_000)
  t.equal(node.open.size, 3, 'when nobody is heard of any more, those remain')
})

test('a node that has all its partners keeps a few links to theirs, and dials no more', async t => {
  const node = new Node(10, 3)
  await node.live(50, 60_000)
  t.equal(node.open.size, 3)
  t.equal(node.dials, 3)
})

test('a link that broke is replaced', async t => {
  const node = new Node(10, 3)
  await node.live(50, 60_000)
  node.open.delete([...node.open][0]!)
  await node.live(50, 20_000)
  t.equal(node.open.size, 3)
})

test('the last one of theirs is dialled by a few of many, not by all', async t => {
  const nodes = Array.from({ length: 1_000 }, () => new Node(1_000, 3))
  for (const node of nodes) await node.live(1, 30_000)
  const links = nodes.filter(({ open }) => open.size > 0).length
  t.ok(links <= 20, `${links} of 1,000`)
})

test('whoever is found not to speak ours is not dialled again within a minute, nor within ten after it was let go', async t => {
  const node = new Node(0, 0)
  await node.live(20, 60_000)
  t.equal(node.dials, 20, 'each once')
  const [first] = node.hungUp
  t.ok(first !== undefined)
  await node.live(20, 300_000)
  t.notOk(node.open.has(first!))
})

test('where nobody is heard of, nobody is dialled', async t => {
  const node = new Node(0, 0)
  await node.live(0, 60_000)
  t.equal(node.dials, 0)
})
