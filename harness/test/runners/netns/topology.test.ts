import fc from 'fast-check'
import { test } from 'tap'
import { ROUTER_KINDS, ROUTERS, type RouterKind } from '../../../src/faults/routers.ts'
import { createCuts } from '../../../src/runners/netns/cuts.ts'
import type { Hub } from '../../../src/runners/netns/hub.ts'
import { gatewayOf, HOME, HUB, MAX_SLOTS, Topology } from '../../../src/runners/netns/topology.ts'

const anyBehind = fc
  .dictionary(fc.nat({ max: MAX_SLOTS - 1 }).map(String), fc.constantFrom(...ROUTER_KINDS), { minKeys: 1, maxKeys: 30 })
  .map(kinds => new Map(Object.entries(kinds).map(([slot, kind]) => [Number(slot), kind])))

test('no two nodes, routers or changes share an address of a bridge, whatever is behind what', async () => {
  fc.assert(
    fc.property(anyBehind, behind => {
      const topology = new Topology(behind)
      const inBridge = Array.from({ length: MAX_SLOTS }, (_, slot) => topology.placeOf(slot)).map(
        ({ bridge, address }) => `${bridge} ${address}`
      )
      const ofRouters = topology.shared.flatMap(({ name, inside, outside }) => [
        `${name} ${gatewayOf(inside)}`,
        `${HUB} ${outside.address}`
      ])
      const ofChanges = Array.from({ length: 300 }, () => `${HUB} ${topology.nextAddress()}`)
      const all = [...inBridge, ...ofRouters, ...ofChanges, `${HUB} ${gatewayOf(topology.outside)}`]
      return new Set(all).size === all.length
    })
  )
})

test('a node behind a router has a private address, and all others are on the internet', async () => {
  fc.assert(
    fc.property(anyBehind, fc.nat({ max: MAX_SLOTS - 1 }), (behind, slot) => {
      const topology = new Topology(behind)
      const kind = behind.get(slot)
      const isPrivate = /^(10|192\.168|172\.20)\./.test(topology.addressOf(slot))
      const expected = kind === undefined ? undefined : kind === 'home' ? `router${slot}` : kind
      return isPrivate === (kind !== undefined) && topology.publicRouterOf(slot) === expected
    })
  )
})

test('homes are alike, and a carrier knows each of them by an address of its own', async t => {
  const topology = new Topology(
    new Map([
      [0, 'home'],
      [1, 'home'],
      [2, 'cgnat'],
      [3, 'cgnat']
    ])
  )
  t.same(
    [0, 1, 2, 3].map(slot => topology.addressOf(slot)),
    Array(4).fill(HOME.node)
  )
  t.same(
    [0, 2, 3].map(slot => topology.placeOf(slot).address),
    ['198.18.1.1', '100.64.1.3', '100.64.1.4']
  )
  t.same(
    [2, 3].map(slot => topology.placeOf(slot).bridge),
    ['cgnat', 'cgnat']
  )
})

test('a run without routers has the addresses that it always had', async t => {
  const topology = new Topology()
  t.same([topology.addressOf(0), gatewayOf(topology.outside), topology.portFor(0)], ['10.77.1.1', '10.77.0.1', 0])
  t.equal(topology.publicRouterOf(0), undefined)
})

test('nodes on the internet listen where firewalls let pass, if there is one', async t => {
  const ports = (kind: RouterKind) => [0, 1].map(slot => new Topology(new Map([[1, kind]])).portFor(slot))
  for (const kind of ROUTER_KINDS) t.same(ports(kind), [kind === 'corporate' ? 443 : 0, 0], kind)
  t.ok((ROUTERS.corporate.tcpPorts as readonly number[]).includes(443))
})

test('nodes that share a router are cut together, or some of them from everybody; else it is refused', async t => {
  const topology = new Topology(
    new Map([
      [2, 'hotel'],
      [3, 'hotel'],
      [4, 'home']
    ])
  )
  const cuts = createCuts({ topology } as Hub, node => Number(node.slice(1)) - 1)
  const cannot = (...groups: string[][]) => cuts.cannot({ type: 'partition', groups })
  t.equal(cannot(['n1', 'n3', 'n4'], ['n2']), undefined)
  t.equal(cannot(['n3']), undefined)
  t.equal(cannot(['n3'], ['n4'], ['n1', 'n5']), undefined)
  const why =
    'partition: some nodes of n1, n3 share a router (hotel) with nodes of the other side; put all of them on one side'
  t.equal(cannot(['n1', 'n3'], ['n2', 'n4']), why)
  t.equal(cannot(['n1', 'n3']), why)
  t.equal(cuts.cannot({ type: 'one-way', nodes: ['n4'], direction: 'inbound' }), undefined)
  t.match(cuts.cannot({ type: 'one-way', nodes: ['n4', 'n5'], direction: 'inbound' }), /^one-way: some nodes of n4, n5/)
})
