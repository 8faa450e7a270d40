import fc from 'fast-check'
import { test } from 'tap'
import { MAX_LINE_BYTES, type NodeLine } from '../../../src/contract.ts'
import type { ContractFinding } from '../../../src/history/history.ts'
import { createLineReader, MAX_FINDINGS } from '../../../src/runners/output/lines.ts'

test('a line of the contract arrives as it was written, whatever the chunks it came in', async t => {
  const lines: NodeLine[] = [left('a'), { type: 'announced', seq: 3, recipients: 0 }, left('ö'.repeat(60))]
  const bytes = Buffer.from(lines.map(line => `${JSON.stringify(line)}\n`).join(''))
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: bytes.length })), cuts => {
      t.same(readChunks(split(bytes, cuts)), { lines, findings: [] })
    })
  )
})

test('whatever the bytes are, every line ends as a line or as a finding, in order', async t => {
  const piece = fc.oneof(
    fc.uint8Array({ maxLength: 40 }),
    fc.constant(Buffer.from('\n')),
    fc.constant(Buffer.from(JSON.stringify(left('a')))),
    fc.json().map(text => Buffer.from(text))
  )
  fc.assert(
    fc.property(fc.array(piece), fc.array(fc.nat(200)), (pieces, cuts) => {
      const bytes = Buffer.concat(pieces)
      const whole = readChunks([bytes])
      t.same(readChunks(split(bytes, cuts)), whole, 'the chunks make no difference')
      const newlines = bytes.filter(byte => byte === 0x0a).length
      const unfinished = bytes.length > 0 && bytes.at(-1) !== 0x0a ? 1 : 0
      t.equal(whole.lines.length + whole.findings.length, newlines + unfinished)
    })
  )
})

const faults: [what: string, line: string | Buffer, fault: string | RegExp][] = [
  ['text that is no JSON', 'hello', 'line is not JSON'],
  ['an empty line', '', 'line is empty'],
  ['a number', '5', 'expected object, received number'],
  ['null', 'null', 'expected object, received null'],
  ['a list', '[1]', 'expected object, received array'],
  ['no type', '{"a":1}', /^type: undefined is none of ready, announced/],
  ['an unknown type', '{"type":"hello"}', /^type: "hello" is none of ready, announced/],
  ['a type of a foreign kind', '{"type":{"a":1}}', /^type: an object is none of/],
  ['a missing value', '{"type":"left"}', 'left: peerId: expected string, received undefined'],
  [
    'a wrong type deep inside',
    '{"type":"book","entries":[{"peerId":"a","name":"a","addrs":[1],"epoch":1,"seq":1}]}',
    'book: entries[0].addrs[0]: expected string, received number'
  ],
  ['several faults', '{"type":"ready","v":1}', /^ready: node: expected string, received undefined \(and 2 more\)$/],
  ['no version of the contract', ready('1.0'), 'ready: v: expected 1 or 2'],
  [
    'a newer version of the contract',
    ready(3),
    'ready: v: the program keeps version 3 of the contract, and this harness reads 1 and 2: use a newer harness'
  ],
  ['version 2 without its words', ready(2), 'ready: fields: is missing, and part of version 2 (and 1 more)'],
  [
    'books of epochs without an epoch of its own',
    '{"type":"ready","v":2,"node":"n1","peerId":"a","addrs":[],"fields":["epoch"],"can":[]}',
    'ready: epoch: is missing, though books hold the epochs of others'
  ],
  [
    'a control character',
    '{"type":"left","peerId":"a\\u001b[2J"}',
    'left: peerId: must not contain control characters'
  ],
  ['bytes that are not UTF-8', Buffer.from([0x7b, 0xff, 0xfe, 0x7d]), 'line is not UTF-8']
]
for (const [what, line, fault] of faults) {
  test(`${what} is a finding that names line and fault, and the next line is read`, async t => {
    const bytes = Buffer.concat([Buffer.from(`${JSON.stringify(left('a'))}\n`), Buffer.from(line), Buffer.from('\n')])
    const { lines, findings } = readChunks([bytes, Buffer.from(`${JSON.stringify(left('b'))}\n`)])
    t.same(lines, [left('a'), left('b')])
    t.match(findings, [{ lineNumber: 2, fault }])
    t.equal(findings.length, 1)
  })
}

test('no line of any shape throws, nested, wide, with keys of the prototype, or with numbers beyond all bounds', async t => {
  const deep = fc.tuple(fc.constantFrom(['[', ']'], ['{"a":', '}']), fc.integer({ min: 1, max: 100_000 }))
  const value = fc.oneof(
    deep.map(([[open, close], depth]) => `${open.repeat(depth)}0${close.repeat(depth)}`),
    fc.integer({ min: 1, max: 20_000 }).map(width => `[${'0,'.repeat(width)}0]`),
    fc.integer({ min: 1, max: 5_000 }).map(width => JSON.stringify(Object.fromEntries(keysOf(width)))),
    fc.constantFrom(
      '1e999',
      '-1e999',
      '-0',
      '1e-400',
      '9007199254740993',
      `1${'0'.repeat(400)}`,
      '"\\ud800"',
      'null',
      'true'
    ),
    fc.json()
  )
  const types = ['ready', 'announced', 'joined', 'updated', 'left', 'expired', 'book', 'links', 'clock', 'stats']
  const keys = [
    'type',
    'v',
    'node',
    'peerId',
    'addrs',
    'epoch',
    'fields',
    'can',
    'entries',
    'rejected',
    'peerIds',
    'nowMs'
  ]
  const key = fc.constantFrom(...keys, '__proto__', 'constructor', 'toString', 'hasOwnProperty')
  fc.assert(
    fc.property(fc.constantFrom(...types), fc.array(fc.tuple(key, value), { maxLength: 4 }), (type, members) => {
      const own = members.map(([name, text]) => `,"${name}":${text}`).join('')
      for (const line of [`{"type":"${type}"${own}}`, members[0]?.[1] ?? '']) {
        const { lines, findings } = readChunks([Buffer.from(`${line}\n`)])
        t.equal(lines.length + findings.length, 1)
        // What the history keeps can be written, whatever it came from.
        t.ok(JSON.stringify([lines, findings]).length < 2 * MAX_LINE_BYTES)
      }
    }),
    { numRuns: 60 }
  )
})

test('a type that is a list 8,000 deep is a finding', async t => {
  const { lines, findings } = readChunks([Buffer.from(`{"type":${'['.repeat(8_000)}${']'.repeat(8_000)}}\n`)])
  t.same(lines, [])
  t.match(findings, [{ lineNumber: 1, fault: /^type: a list is none of ready, / }])
})

test('a book is held to the fields that its program names, and nothing else of it is kept', async t => {
  const ready = { type: 'ready', v: 2, node: 'n1', peerId: 'a', addrs: [], fields: ['name', 'shoe-size'], can: [] }
  const said = [
    ready,
    { type: 'joined', peerId: 'b', name: 'n2', epoch: 7, addrs: ['x'] },
    { type: 'joined', peerId: 'c' },
    { type: 'book', entries: [{ peerId: 'b', name: 'n2', seq: 3 }] },
    { type: 'book', entries: [{ peerId: 'b', name: 'n2' }, { peerId: 'c' }] }
  ]
  const { lines, findings } = readChunks(said.map(line => Buffer.from(`${JSON.stringify(line)}\n`)))
  t.same(lines.slice(1), [
    { type: 'joined', peerId: 'b', name: 'n2' },
    { type: 'book', entries: [{ peerId: 'b', name: 'n2' }] }
  ])
  t.match(findings, [
    { lineNumber: 3, fault: 'joined: name: is missing, though `ready` says that books hold it' },
    { lineNumber: 5, fault: 'book: entries[1].name: is missing, though `ready` says that books hold it' }
  ])
})

test('a program of version 1 is held to all fields, but for what it says before it is ready', async t => {
  const joined = Buffer.from('{"type":"joined","peerId":"b","name":"n2","addrs":[],"epoch":1}\n')
  const { lines, findings } = readChunks([joined, Buffer.from(`${ready(1)}\n`), joined])
  t.equal(lines.length, 2)
  t.match(findings, [{ lineNumber: 3, fault: /^joined: seq: is missing/ }])
})

test('a finding holds neither control characters nor more than 200 characters of the line', async t => {
  const { findings } = readChunks([Buffer.from(`\u001b[2J\u202e${'x'.repeat(10_000)}\n`)])
  const text = findings[0]?.text ?? ''
  t.match(text, /^\ufffd\[2J\ufffdx+…$/)
  t.equal(text.length, 200)
})

test('a reason with control characters does not reach the fault', async t => {
  const line = JSON.stringify({ type: 'stats', rx: 0, tx: 0, rejected: { '\u001b[2J': 1 }, rssBytes: 0, cpuMs: 0 })
  const { findings } = readChunks([Buffer.from(`${line}\n`)])
  t.notMatch(findings[0]?.fault, /\p{Cc}/u)
})

test('half a line at the end is a finding with its text', async t => {
  const { lines, findings } = readChunks([Buffer.from('{"type":"le')])
  t.same(lines, [])
  t.same(findings, [{ lineNumber: 1, fault: 'output ends in the middle of a line', text: '{"type":"le' }])
})

test('10 MB in one line are one finding, hold no memory, and the next line is read', async t => {
  const chunk = Buffer.alloc(64 * 1024, 'x')
  const lines: NodeLine[] = []
  const findings: ContractFinding[] = []
  const reader = createLineReader({ line: line => lines.push(line), finding: finding => findings.push(finding) })
  const before = process.memoryUsage().arrayBuffers
  for (let i = 0; i < 160; i++) reader.push(chunk)
  t.ok(process.memoryUsage().arrayBuffers - before < 4 * MAX_LINE_BYTES, 'at most about one line is held')
  reader.push(Buffer.from(`\n${JSON.stringify(left('a'))}\n`))
  t.match(findings, [{ lineNumber: 1, fault: `line longer than ${MAX_LINE_BYTES} bytes`, text: /^x+…$/ }])
  t.same(lines, [left('a')])
})

test('an over-long line that never ends is reported as over-long', async t => {
  const { findings } = readChunks([Buffer.alloc(101, 'x')], 100)
  t.match(findings, [{ lineNumber: 1, fault: 'line longer than 100 bytes' }])
  t.equal(findings.length, 1)
})

test('a line of exactly the greatest length is read', async t => {
  const line = JSON.stringify(left('a'))
  t.same(readChunks([Buffer.from(`${line}\n`)], line.length), { lines: [left('a')], findings: [] })
})

test(`${MAX_FINDINGS} findings are kept and the rest is counted`, async t => {
  const { findings } = readChunks([Buffer.from('rubbish\n'.repeat(MAX_FINDINGS + 23))])
  t.equal(findings.length, MAX_FINDINGS + 1)
  t.equal(findings.at(-1)?.fault, `23 more faults after the first ${MAX_FINDINGS}`)
})

function left(peerId: string): NodeLine {
  return { type: 'left', peerId }
}

function keysOf(width: number): [string, number][] {
  return Array.from({ length: width }, (_, i) => [`k${i}`, i])
}

function ready(v: unknown): string {
  return JSON.stringify({ type: 'ready', v, node: 'n1', peerId: 'a', addrs: [], epoch: 1 })
}

function split(bytes: Uint8Array, cuts: number[]): Uint8Array[] {
  const sorted = [0, ...cuts.filter(cut => cut <= bytes.length).sort((a, b) => a - b), bytes.length]
  return sorted.slice(1).map((cut, i) => bytes.subarray(sorted[i], cut))
}

function readChunks(chunks: Uint8Array[], maxLineBytes = MAX_LINE_BYTES) {
  const lines: NodeLine[] = []
  const findings: ContractFinding[] = []
  const handlers = { line: (line: NodeLine) => lines.push(line), finding: (f: ContractFinding) => findings.push(f) }
  const reader = createLineReader(handlers, maxLineBytes)
  for (const chunk of chunks) reader.push(chunk)
  reader.end()
  return { lines, findings }
}
