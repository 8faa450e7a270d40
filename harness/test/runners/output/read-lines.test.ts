import { Readable } from 'node:stream'
import { test } from 'tap'
import { createLineReader } from '../../../src/runners/output/lines.ts'
import {
  MAX_BURST_LINES,
  MAX_LINES_PER_SECOND,
  MAX_SLICE_BYTES,
  readLines
} from '../../../src/runners/output/read-lines.ts'

const line = '{"type":"left","peerId":"a"}\n'

test('a node that floods is read at a bounded rate, and told of once', async t => {
  const seen = { lines: 0, floods: 0 }
  const enough = MAX_BURST_LINES + MAX_LINES_PER_SECOND / 2
  const startedMs = performance.now()
  const hurry = new AbortController()
  const stdout = Readable.from(
    (function* flood() {
      while (seen.lines < enough) yield Buffer.from(line.repeat(1_000))
    })()
  )
  await readLines(stdout, readerFor(seen), hurry.signal)
  const elapsedMs = performance.now() - startedMs
  t.ok(seen.lines >= enough)
  // What was read last is paid for before more is read, but for one slice.
  const sliceLines = Math.ceil(MAX_SLICE_BYTES / line.length)
  t.ok(seen.lines <= MAX_BURST_LINES + (elapsedMs / 1_000) * MAX_LINES_PER_SECOND + 1_000 + sliceLines)
  // A host too busy to read faster than the bound has seen no flood.
  t.ok(seen.floods <= 1)
})

test('what an ended node has left is read at once', async t => {
  const seen = { lines: 0, floods: 0 }
  const chunks = Array.from({ length: 100 }, () => Buffer.from(line.repeat(1_000)))
  const startedMs = performance.now()
  await readLines(Readable.from(chunks), readerFor(seen), AbortSignal.abort())
  t.equal(seen.lines, 100_000)
  t.ok(performance.now() - startedMs < (100_000 / MAX_LINES_PER_SECOND) * 1_000)
})

test('a burst is no flood', async t => {
  const seen = { lines: 0, floods: 0 }
  await readLines(Readable.from([Buffer.from(line.repeat(5_000))]), readerFor(seen), new AbortController().signal)
  t.same(seen, { lines: 5_000, floods: 0 })
})

test('a stream that breaks ends the reading', async t => {
  const seen = { lines: 0, floods: 0 }
  const stdout = new Readable({ read() {} })
  const reading = readLines(stdout, readerFor(seen), new AbortController().signal)
  stdout.push(line)
  stdout.destroy(new Error('gone'))
  await t.resolves(reading)
})

test('a fault of the harness while it reads is not taken for the end of the stream', async t => {
  const reader = createLineReader({
    line: () => {
      throw new Error('the harness is at fault')
    },
    finding: () => {}
  })
  await t.rejects(readLines(Readable.from([Buffer.from(line)]), reader, new AbortController().signal), {
    message: 'the harness is at fault'
  })
})

function readerFor(seen: { lines: number; floods: number }) {
  return createLineReader({
    line: () => {
      seen.lines += 1
    },
    finding: () => {
      seen.floods += 1
    }
  })
}
