/** A stream of libp2p 2, a pair of source and sink, as a stream of libp2p 3, which sends and emits messages. */
import type { Logger } from '@libp2p/interface'
import { AbstractStream, type SendResult } from '@libp2p/utils'
import type { Uint8ArrayList } from 'uint8arraylist'

/** What is used of a stream of libp2p 2. */
export interface DuplexStream {
  readonly id: string
  readonly protocol?: string
  readonly direction: 'inbound' | 'outbound'
  readonly source: AsyncIterable<Uint8Array | Uint8ArrayList>
  sink(source: AsyncIterable<Uint8Array | Uint8ArrayList>): Promise<void>
  abort(error: Error): void
  closeRead(): Promise<void>
}

export class MessageStream extends AbstractStream {
  readonly #duplex: DuplexStream
  /** BOUNDED: the next chunk is sent once this one is taken. */
  #unsent: Uint8ArrayList | undefined
  #isEnding = false
  #wake = () => {}
  #resumed: Promise<void> | undefined
  #resume = () => {}

  constructor(duplex: DuplexStream, log: Logger) {
    const { id, protocol = '', direction } = duplex
    super({ id, protocol, direction, log })
    this.#duplex = duplex
    void this.#receive()
    duplex.sink(this.#chunks()).catch(error => this.onTransportClosed(error))
  }

  sendData(data: Uint8ArrayList): SendResult {
    this.#unsent = data
    this.#wake()
    return { sentBytes: data.byteLength, canSendMore: false }
  }

  sendReset(error: Error): void {
    this.#duplex.abort(error)
    this.#end()
    this.sendResume()
  }

  async sendCloseWrite(): Promise<void> {
    this.#end()
  }

  async sendCloseRead(): Promise<void> {
    await this.#duplex.closeRead()
  }

  /** The other end waits once its window is full. */
  sendPause(): void {
    this.#resumed = new Promise(resolve => {
      this.#resume = resolve
    })
  }

  sendResume(): void {
    this.#resumed = undefined
    this.#resume()
  }

  async #receive(): Promise<void> {
    try {
      for await (const chunk of this.#duplex.source) {
        this.onData(chunk)
        if (!this.#isEnding) await this.#resumed
      }
      this.onRemoteCloseWrite()
    } catch {
      this.onRemoteReset()
    }
  }

  async *#chunks(): AsyncGenerator<Uint8ArrayList> {
    while (!this.#isEnding || this.#unsent !== undefined) {
      if (this.#unsent === undefined) {
        await new Promise<void>(resolve => {
          this.#wake = resolve
        })
        continue
      }
      const chunk = this.#unsent
      this.#unsent = undefined
      yield chunk
      this.safeDispatchEvent('drain')
    }
  }

  #end(): void {
    this.#isEnding = true
    this.#wake()
    // The end of what the other side sends comes after what is unread, and must be seen.
    this.#resume()
  }
}
