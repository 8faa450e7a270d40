/** A container of testcontainers for one node: confined, and attached before it starts, so that no line is missed. */
import type { Duplex } from 'node:stream'
import { GenericContainer, StartupCheckStrategy } from 'testcontainers'
import type { Container, Engine } from '../engine.ts'
import type { KeysVolume } from '../keys-volume.ts'
import { attach } from './attach.ts'

export interface NodeContainerOptions {
  image: string
  /** That of the image if undefined. */
  entrypoint: readonly string[] | undefined
  command: readonly string[]
  /** That of the image if undefined. */
  user: string | undefined
  name: string
  labels: Record<string, string>
  network: string
  address: string
  keys: KeysVolume
  /** No limit of its own if undefined. */
  memoryBytes: number | undefined
  /** No limit of its own if undefined. */
  cpus: number | undefined
}

/** A container that runs, and the stream on which it is written to and heard. */
export interface AttachedContainer {
  container: Container
  stream: Duplex
}

/** Nothing is left of a container that could not be started. */
export async function startNodeContainer(engine: Engine, options: NodeContainerOptions): Promise<AttachedContainer> {
  return await new NodeContainer(engine, options).launch()
}

class NodeContainer extends GenericContainer {
  readonly #engine: Engine
  readonly #keys: KeysVolume
  #container: Container | undefined
  #stream: Duplex | undefined

  constructor(engine: Engine, options: NodeContainerOptions) {
    super(options.image)
    this.#engine = engine
    this.#keys = options.keys
    this.#identify(options)
    this.#confine(options)
    // Stdin closes as soon as the harness is gone.
    Object.assign(this.createOpts, { OpenStdin: true, StdinOnce: true, AttachStdin: true })
    // The harness keeps the output; a second copy would only fill the engine's disk.
    this.hostConfig.LogConfig = { Type: 'none', Config: {} }
    // The reaper of the run does that.
    this.withAutoCleanup(false)
    this.withWaitStrategy(new Running())
  }

  async launch(): Promise<AttachedContainer> {
    try {
      await this.start()
    } catch (error) {
      await this.#container?.remove({ force: true, v: true }).catch(() => {})
      throw error
    }
    return { container: this.#container!, stream: this.#stream! }
  }

  protected override async containerCreated(id: string): Promise<void> {
    this.#container = this.#engine.container.getById(id)
    await this.#keys.prepare(this.#container)
    this.#stream = await attach(this.#engine.container.dockerode, id)
  }

  #identify({ name, labels, entrypoint, command, network, address }: NodeContainerOptions): void {
    this.withName(name)
      .withLabels(labels)
      .withCommand([...command])
      .withNetworkMode(network)
    if (entrypoint !== undefined) this.withEntrypoint([...entrypoint])
    this.createOpts.NetworkingConfig = { EndpointsConfig: { [network]: { IPAMConfig: { IPv4Address: address } } } }
  }

  #confine({ user, keys, memoryBytes, cpus }: NodeContainerOptions): void {
    this.withDroppedCapabilities('ALL').withSecurityOpt('no-new-privileges').withTmpFs({ '/tmp': 'mode=1777' })
    this.hostConfig.ReadonlyRootfs = true
    this.hostConfig.Binds = [keys.bind]
    if (user !== undefined) this.withUser(user)
    if (cpus !== undefined) this.hostConfig.NanoCpus = Math.round(cpus * 1e9)
    // Without swap, which would only make a node that needs more slow.
    if (memoryBytes !== undefined) Object.assign(this.hostConfig, { Memory: memoryBytes, MemorySwap: memoryBytes })
  }
}

/** Whether the node is ready is said by the node. */
class Running extends StartupCheckStrategy {
  async checkStartupState() {
    return 'SUCCESS' as const
  }
}
