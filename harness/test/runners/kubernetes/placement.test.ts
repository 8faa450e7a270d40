import fc from 'fast-check'
import { test } from 'tap'
import { machinesToCut, placeNodes } from '../../../src/runners/kubernetes/placement.ts'

const nodes = Array.from({ length: 12 }, (_, index) => `n${index + 1}`)

test('nodes of a run that cuts nothing are one group, over any machines', t => {
  t.same(placeNodes(nodes, [], ['m1', 'm2']), [{ nodes }])
  t.end()
})

test('halves that are to be cut apart get machines of their own, and the larger part the rest', t => {
  const groups = placeNodes(nodes, [[nodes.slice(8)]], ['m1', 'm2', 'm3'])
  t.same(groups, [
    { nodes: nodes.slice(0, 8), machines: ['m1', 'm2'] },
    { nodes: nodes.slice(8), machines: ['m3'] }
  ])
  t.end()
})

test('parts that are more than the machines are not put apart', t => {
  t.same(placeNodes(nodes, [[['n1'], ['n2']]], ['m1', 'm2']), [{ nodes }])
  t.end()
})

const partition = fc.uniqueArray(fc.constantFrom(...nodes), { minLength: 1, maxLength: 11 }).map(side => [side])

test('a cut that nodes were placed for cuts machines off without which no two groups reach each other', async () => {
  fc.assert(
    fc.property(partition, fc.integer({ min: 2, max: 5 }), (groups, count) => {
      const machines = Array.from({ length: count }, (_, index) => `m${index + 1}`)
      const placed = placeNodes(nodes, [groups], machines)
      const machineOf = (node: string) => {
        const group = placed.find(each => each.nodes.includes(node))
        const own = group?.machines ?? machines
        return own[(group?.nodes.indexOf(node) ?? 0) % own.length]
      }
      const cut = machinesToCut(nodes, groups, machineOf) ?? []
      const [side = []] = groups
      return nodes.every(a =>
        nodes.every(b => {
          const areApart = side.includes(a) !== side.includes(b)
          const reach = machineOf(a) === machineOf(b) || !(cut.includes(machineOf(a)!) || cut.includes(machineOf(b)!))
          return reach === !areApart
        })
      )
    })
  )
})

test('groups that share a machine, or are on several each, cannot be cut apart', t => {
  const onOne = new Map(nodes.map(node => [node, 'm1']))
  t.equal(
    machinesToCut(nodes, [['n1']], node => onOne.get(node)),
    undefined
  )
  const onFour = new Map(nodes.map((node, index) => [node, `m${(index % 2) + (index < 6 ? 1 : 3)}`]))
  t.equal(
    machinesToCut(nodes, [nodes.slice(0, 6)], node => onFour.get(node)),
    undefined
  )
  t.end()
})
