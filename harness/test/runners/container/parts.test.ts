/** What the container runner is made of, as far as it needs no engine. */
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { PassThrough } from 'node:stream'
import fc from 'fast-check'
import { test } from 'tap'
import type { Docker } from '../../../src/runners/container/engine.ts'
import { addressOf } from '../../../src/runners/container/network/subnet.ts'
import { measureClock } from '../../../src/runners/container/node/exit.ts'
import { splitFrames } from '../../../src/runners/container/node/output-frames.ts'
import { Turns } from '../../../src/runners/container/node/turns.ts'
import { formatOwner, parseOwner, stateOf, thisProcess } from '../../../src/runners/processes/owner.ts'

test('each node has an address of its own inside the subnet, not the first ones and not the last', async t => {
  t.equal(addressOf('172.18.0.0/16', 0), '172.18.0.2')
  t.equal(addressOf('172.18.0.0/16', 254), '172.18.1.0')
  t.equal(addressOf('10.89.0.0/24', 252), '10.89.0.254')
  t.throws(() => addressOf('10.89.0.0/24', 253), { message: 'the subnet 10.89.0.0/24 has room for 253 nodes' })
  fc.assert(
    fc.property(fc.integer({ min: 8, max: 29 }), fc.nat(), fc.nat(), (prefix, base, seed) => {
      const size = 2 ** (32 - prefix)
      const first = (base % 2 ** prefix) * size
      const index = seed % (size - 3)
      const address = numberOf(addressOf(`${textOf(first)}/${prefix}`, index))
      t.ok(address > first + 1 && address < first + size - 1)
      t.equal(address - first, index + 2)
    })
  )
})

test('what is no IPv4 subnet is refused', async t => {
  for (const subnet of ['', '10.0.0.0', '10.0.0.0/', 'fd00::/8', '10.0.0/8', '10.0.0.0/x']) {
    t.throws(() => addressOf(subnet, 0), { message: `not an IPv4 subnet: ${subnet}` })
  }
})

test('stdout and stderr are told apart, whatever the chunks their frames come in', async t => {
  const part = fc.record({ kind: fc.constantFrom(1, 2), bytes: fc.uint8Array({ maxLength: 300 }) })
  await fc.assert(
    fc.asyncProperty(fc.array(part), fc.array(fc.nat(2_000)), async (parts, cuts) => {
      const frames = Buffer.concat(parts.map(({ kind, bytes }) => frame(kind, bytes)))
      const [stdout, stderr] = await read(split(frames, cuts))
      const written = (kind: number) => Buffer.concat(parts.filter(one => one.kind === kind).map(({ bytes }) => bytes))
      t.same(stdout, written(1))
      t.same(stderr, written(2))
    })
  )
})

test('frames that break off give what came, and an end', async t => {
  const whole = frame(1, Buffer.from('hello'))
  t.same((await read([whole.subarray(0, 10)]))[0], Buffer.from('he'))
  t.same((await read([whole.subarray(0, 3)]))[0], Buffer.alloc(0))
  const broken = (async function* () {
    yield whole
    throw new Error('socket hang up')
  })()
  t.same((await read(broken))[0], Buffer.from('hello'))
})

test('the clock of an engine is that of this host, unless it is further off than its answer took', async t => {
  const engineOf = (aheadMs: number) =>
    ({ info: async () => ({ SystemTime: new Date(Date.now() + aheadMs).toISOString() }) }) as unknown as Docker
  t.equal(await measureClock(engineOf(0)), 0)
  const hourAhead = (await measureClock(engineOf(3_600_000))) ?? Number.NaN
  t.ok(Math.abs(hourAhead - 3_600_000) < 60_000, `${hourAhead}`)
  t.equal(await measureClock({ info: async () => ({}) } as unknown as Docker), undefined)
})

test('as many as may are under way at once, in order, and one that fails gives its turn to the next', async t => {
  const turns = new Turns(2)
  const began: number[] = []
  const acts = [0, 1, 2, 3].map(() => Promise.withResolvers<void>())
  const taken = acts.map(({ promise }, index) =>
    turns.take(async () => {
      began.push(index)
      await promise
    })
  )
  t.same(began, [0, 1])
  acts[1]!.reject(new Error('failed'))
  await t.rejects(taken[1]!, { message: 'failed' })
  acts[2]!.resolve()
  await taken[2]
  t.same(began, [0, 1, 2, 3])
  for (const { resolve } of acts) resolve()
  await Promise.all([taken[0], taken[3]])
  const again = turns.take(async () => 'free')
  t.equal(await again, 'free')
})

test('no more is read from the engine than is taken from stdout', async t => {
  let given = 0
  const stdout = new PassThrough({ highWaterMark: 10_000 })
  const endless = (async function* () {
    while (!stdout.destroyed) {
      given += 1
      yield frame(1, Buffer.alloc(1_000))
    }
  })()
  const done = splitFrames(endless, stdout, new PassThrough())
  await once(stdout, 'readable')
  for (let turns = 0; turns < 100; turns += 1) await new Promise(setImmediate)
  // Both buffers of the stream are full, and one frame waits.
  t.ok(given <= 25, `${given} frames`)
  stdout.destroy()
  await done
})

test('a run is its own: this process lives, one that ended does not, and another start under its id is another', async t => {
  const owner = thisProcess()
  t.equal(stateOf(owner), 'lives')
  t.same(parseOwner(formatOwner(owner)), owner)
  const { pid } = spawnSync(process.execPath, ['-e', ''])
  t.equal(stateOf({ ...owner, pid }), 'gone')
  t.equal(stateOf({ ...owner, started: `${owner.started}1` }), 'gone')
  t.equal(stateOf({ ...owner, boot: 'an earlier one' }), 'gone')
})

test('whether a process of another machine or namespace lives cannot be told', async t => {
  const owner = thisProcess()
  t.equal(stateOf({ ...owner, machine: 'another' }), 'unknown')
  t.equal(stateOf({ ...owner, machine: 'another', boot: 'another' }), 'unknown')
  t.equal(stateOf({ ...owner, pidNamespace: 'another' }), 'unknown')
})

test('an owner that makes no sense is none', async t => {
  const { machine, ...incomplete } = thisProcess()
  const wrong: unknown[] = [
    undefined,
    '',
    'x',
    '3',
    'null',
    incomplete,
    { ...thisProcess(), pid: '1' },
    { ...thisProcess(), pid: -1 }
  ]
  for (const owner of wrong) {
    const text = typeof owner === 'object' ? JSON.stringify(owner) : (owner as string | undefined)
    t.equal(parseOwner(text), undefined, `${text}`)
  }
})

function frame(kind: number, bytes: Uint8Array): Buffer {
  const header = Buffer.alloc(8)
  header[0] = kind
  header.writeUInt32BE(bytes.length, 4)
  return Buffer.concat([header, bytes])
}

function split(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const at = [...new Set([0, ...cuts.map(cut => cut % (bytes.length + 1)), bytes.length])].sort((a, b) => a - b)
  return at.slice(1).map((end, i) => bytes.subarray(at[i], end))
}

async function read(chunks: Iterable<Buffer> | AsyncIterable<Buffer>): Promise<Buffer[]> {
  const streams = [new PassThrough(), new PassThrough()] as const
  const contents = streams.map(async stream => Buffer.concat((await stream.toArray()) as Buffer[]))
  const frames = (async function* () {
    yield* chunks
  })()
  await splitFrames(frames, ...streams)
  return await Promise.all(contents)
}

function numberOf(address: string): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)
}

function textOf(number: number): string {
  return [24, 16, 8, 0].map(bits => Math.floor(number / 2 ** bits) % 256).join('.')
}
