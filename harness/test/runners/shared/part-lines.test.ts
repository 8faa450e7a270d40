import { deepEqual, equal } from 'node:assert/strict'
import fc from 'fast-check'
import { test } from 'tap'
import { MAX_LINE_BYTES } from '../../../src/contract.ts'
import { partLines } from '../../../src/runners/shared/part-lines.ts'

type Parted = readonly [to: string, text: string]

/** In chunks of these sizes, over and over. */
function partedOf(bytes: Uint8Array, sizes: readonly number[] = [bytes.length]): Parted[] {
  const seen: Parted[] = []
  const textOf = (line: Uint8Array) => new TextDecoder().decode(line)
  const parted = partLines({
    nodeLine: (node, line) => void seen.push([node, textOf(line)]),
    processLine: line => void seen.push(['process', `${line.type} of ${line.node}`]),
    stray: line => void seen.push(['nobody', textOf(line)])
  })
  for (let from = 0, turn = 0; from < bytes.length; turn++) {
    const size = sizes[turn % sizes.length]!
    parted.push(bytes.subarray(from, from + size))
    from += size
  }
  parted.end()
  return seen
}

test('each line goes to the node that it names, whatever the name and wherever the stream is cut', t => {
  const line = fc.record({ node: fc.string({ maxLength: 64, unit: 'binary' }), text: fc.string({ unit: 'binary' }) })
  const property = fc.property(
    fc.array(line),
    fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }),
    (lines, sizes) => {
      const written = lines.map(({ node, text }) => JSON.stringify({ node, type: 'left', peerId: text }))
      const expected = lines.map(({ node }, index) => [node, written[index]])
      deepEqual(partedOf(Buffer.from(written.map(each => `${each}\n`).join('')), sizes), expected)
    }
  )
  fc.assert(property)
  t.end()
})

test('what the process says of a node is no line of the node', t => {
  const lines = [
    '{"node":"n1","type":"ended","code":0}',
    '{"node":"n2","type":"broke"}',
    '{"node":"n1","type":"log","text":"x"}'
  ]
  t.same(partedOf(Buffer.from(`${lines.join('\n')}\n`)), [
    ['process', 'ended of n1'],
    ['process', 'broke of n2'],
    ['process', 'log of n1']
  ])
  t.end()
})

test("whatever else is written is nobody's, and never a fault of the harness", t => {
  const property = fc.property(fc.uint8Array({ maxLength: 300 }), bytes => {
    for (const [to] of partedOf(bytes)) equal(to, 'nobody')
  })
  fc.assert(property)
  t.same(partedOf(Buffer.from('{"type":"left","node":"n1"}\n{"node":"n1')), [
    ['nobody', '{"type":"left","node":"n1"}'],
    ['nobody', '{"node":"n1']
  ])
  t.end()
})

test('a line that is too long is cut, and goes to its node', t => {
  const long = `{"node":"n1","type":"log","text":"${'x'.repeat(MAX_LINE_BYTES)}"}`
  const [[to, text] = ['', '']] = partedOf(Buffer.from(`${long}\n`))
  t.equal(to, 'n1')
  t.equal(text.length, MAX_LINE_BYTES)
  t.end()
})
