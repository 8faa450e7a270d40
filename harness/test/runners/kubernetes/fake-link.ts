/** What is between the pods of a machine and the collector: connections that can be cut without a word to either side. */
import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'

export class FakeLink {
  readonly #collector: { readonly host: string; readonly port: number }
  readonly #sockets = new Set<Socket>()
  #server: Server | undefined
  #isCut = false

  constructor(collector: { readonly host: string; readonly port: number }) {
    this.#collector = collector
  }

  /** `<host>:<port>` where the collector seems to be. */
  async address(): Promise<string> {
    if (this.#server === undefined) {
      this.#server = createServer(socket => this.#join(socket))
      this.#server.listen(0, '127.0.0.1')
      await once(this.#server, 'listening')
    }
    const { port } = this.#server.address() as { port: number }
    return `127.0.0.1:${port}`
  }

  /** What is under way is lost. */
  cut(): void {
    this.#isCut = true
    for (const socket of this.#sockets) socket.unpipe().pause()
  }

  heal(): void {
    this.#isCut = false
    for (const socket of this.#sockets) socket.destroy()
  }

  close(): void {
    this.heal()
    this.#server?.close()
  }

  #join(fromPod: Socket): void {
    const toCollector = connect(this.#collector)
    for (const socket of [fromPod, toCollector]) {
      this.#sockets.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => this.#sockets.delete(socket))
    }
    if (this.#isCut) fromPod.pause()
    else {
      fromPod.pipe(toCollector)
      toCollector.pipe(fromPod)
    }
  }
}
