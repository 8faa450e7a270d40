import { defaultLogger } from '@libp2p/logger'
import { test } from 'tap'
import { type DuplexStream, MessageStream } from '../../src/libp2p-2/message-stream.ts'

const log = defaultLogger().forComponent('test')

/** A stream of libp2p 2 whose ends the test holds. */
class Duplex implements DuplexStream {
  readonly id = 'a stream'
  readonly direction = 'outbound'
  readonly aborted: string[] = []
  pulled = 0
  sent!: AsyncIterator<{ subarray(): Uint8Array }>
  breakSink!: (error: Error) => void
  readonly #incoming: Iterable<Uint8Array | Error>

  constructor(incoming: Iterable<Uint8Array | Error> = []) {
    this.#incoming = incoming
  }

  get source() {
    return this.#read()
  }

  async sink(source: AsyncIterable<{ subarray(): Uint8Array }>): Promise<void> {
    this.sent = source[Symbol.asyncIterator]()
    await new Promise((_, reject) => {
      this.breakSink = reject
    })
  }

  abort(error: Error): void {
    this.aborted.push(error.message)
  }

  async closeRead(): Promise<void> {}

  async next(): Promise<number[] | undefined> {
    const { value, done } = await this.sent.next()
    return done === true ? undefined : [...value.subarray()]
  }

  async *#read(): AsyncGenerator<Uint8Array> {
    for (const item of this.#incoming) {
      if (item instanceof Error) throw item
      this.pulled++
      yield item
    }
  }
}

test('bytes are sent in order, and the next ones once the sink has taken the last', async t => {
  const duplex = new Duplex()
  const stream = new MessageStream(duplex, log)
  t.equal(stream.send(Uint8Array.of(1)), false, 'the sink has not taken it yet')
  stream.send(Uint8Array.of(2))
  stream.send(Uint8Array.of(3))
  t.strictSame(await duplex.next(), [1])
  const drained = stream.onDrain()
  t.strictSame(await duplex.next(), [2, 3])
  await drained
})

test('a closed stream sends what is left, then ends', async t => {
  const duplex = new Duplex()
  const stream = new MessageStream(duplex, log)
  stream.send(Uint8Array.of(1))
  const closed = stream.close()
  t.strictSame(await duplex.next(), [1])
  t.equal(await duplex.next(), undefined)
  await closed
})

test('a paused stream pulls no more until it is resumed', async t => {
  const duplex = new Duplex([Uint8Array.of(1), Uint8Array.of(2), Uint8Array.of(3)])
  const stream = new MessageStream(duplex, log)
  stream.pause()
  const ended = new Promise(resolve => stream.addEventListener('remoteCloseWrite', resolve))
  const messages: number[] = []
  stream.addEventListener('message', ({ data }) => messages.push(...data.subarray()))
  await new Promise(resolve => setImmediate(resolve))
  t.equal(duplex.pulled, 1)
  t.strictSame(messages, [])
  stream.resume()
  await ended
  t.strictSame(messages, [1, 2, 3])
})

test('a stream that is closed while it is paused sees the end of the other side', async t => {
  const duplex = new Duplex([Uint8Array.of(1), Uint8Array.of(2)])
  const stream = new MessageStream(duplex, log)
  stream.pause()
  await new Promise(resolve => setImmediate(resolve))
  t.equal(duplex.pulled, 1)
  const ended = new Promise(resolve => stream.addEventListener('remoteCloseWrite', resolve))
  const closed = stream.close()
  t.equal(await duplex.next(), undefined)
  await Promise.all([closed, ended])
  t.equal(duplex.pulled, 2)
})

test('a source that breaks is a reset, a sink that breaks a closed stream', async t => {
  const reset = new MessageStream(new Duplex([new Error('broken')]), log)
  await new Promise(resolve => reset.addEventListener('close', resolve))
  t.equal(reset.status, 'reset')
  const duplex = new Duplex([])
  const stream = new MessageStream(duplex, log)
  const closed = new Promise(resolve => stream.addEventListener('close', resolve))
  duplex.breakSink(new Error('gone'))
  await closed
  t.equal(stream.status, 'aborted')
})

test('an aborted stream aborts the other one and sends no more', async t => {
  const duplex = new Duplex()
  const stream = new MessageStream(duplex, log)
  stream.abort(new Error('enough'))
  t.strictSame(duplex.aborted, ['enough'])
  t.equal(await duplex.next(), undefined)
})
