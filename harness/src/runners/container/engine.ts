/** The container engine, Docker or Podman; or, in one paragraph, why there is none and what to do. */
import { homedir } from 'node:os'
import { type ContainerRuntimeClient, getContainerRuntimeClient } from 'testcontainers'
import { printable } from '../../printable.ts'
import { limitCalls, silenceOf } from './time-limits.ts'

export type Engine = ContainerRuntimeClient
/** The engine's API as dockerode speaks it. */
export type Docker = Engine['container']['dockerode']
export type Container = ReturnType<Docker['getContainer']>

/** Of Docker 20.10 and Podman 4, the oldest that the runner was tried with. */
const MIN_API_VERSION = '1.41'

const OTHERWISE = 'Nodes as processes need no engine: --runner process.'

/**
 * The engine at DOCKER_HOST, or else the first that answers at one of the usual sockets.
 *
 * @throws with what to do about it
 */
export async function connectEngine(): Promise<Engine> {
  // As Docker's own client has it.
  if (process.env.DOCKER_HOST === '') delete process.env.DOCKER_HOST
  const refusals = await chooseSocket()
  if ([...refusals.values()].includes('ETIMEDOUT')) throw new Error(whyNone(refusals))
  // Of no use here, as no port is published; without it testcontainers may start a container to find the host's address.
  process.env.TESTCONTAINERS_HOST_OVERRIDE ??= 'localhost'
  const engine = await getContainerRuntimeClient().catch(() => {
    throw new Error(whyNone(refusals))
  })
  limitCalls(engine.container.dockerode)
  const { ApiVersion, Version } = await engine.container.dockerode.version().catch(error => {
    throw new Error(`the container engine does not tell its version: ${reasonOf(error)}. ${OTHERWISE}`)
  })
  if (isOlder(ApiVersion, MIN_API_VERSION)) {
    throw new Error(
      `the container engine ${printable(Version, 40)} is too old: it speaks version ${printable(ApiVersion, 20)} of Docker's API, ` +
        `and ${MIN_API_VERSION} is needed. Update it to Docker 20.10, Podman 4 or newer. ${OTHERWISE}`
    )
  }
  return engine
}

/** What the engine said, in one line. */
export function reasonOf(error: unknown): string {
  const { json, message } = error as Error & { json?: { message?: string; cause?: string } }
  const reason = printable((json?.message ?? message).trim(), 300)
  const remedy = remedies.find(([pattern]) => pattern.test(reason))?.[1]
  return remedy === undefined ? reason : `${reason.replace(/\.$/, '')}; ${remedy}`
}

const remedies: [RegExp, string][] = [
  [/no space left on device|disk quota exceeded/i, 'free some of the engine: test-network clean, docker system prune'],
  [
    /non-overlapping IPv4 address pool|fully subnetted|could not find free subnet/i,
    'no subnet is left for another network: test-network clean, docker network prune'
  ],
  [
    /executable file.* not found|no command specified|no such file or directory.*(exec|runtime)|stat .*no such file/i,
    'name the program by the ENTRYPOINT of the image, or by --node-command'
  ]
]

/** Why each of the sockets did not answer, by path; empty if DOCKER_HOST says where the engine is, or one answered. */
async function chooseSocket(): Promise<Map<string, string>> {
  const refusals = new Map<string, string>()
  const given = process.env.DOCKER_HOST
  if (given !== undefined && !given.startsWith('unix://')) return await refusalsOf(given)
  for (const path of given === undefined ? usualSockets() : [given.slice('unix://'.length)]) {
    const refusal = await silenceOf({ path })
    if (refusal === undefined) {
      process.env.DOCKER_HOST = `unix://${path}`
      return new Map()
    }
    refusals.set(path, refusal)
  }
  return refusals
}

function usualSockets(): string[] {
  const runtimeFolder = process.env.XDG_RUNTIME_DIR ?? `/run/user/${process.getuid?.()}`
  return [
    '/var/run/docker.sock',
    `${runtimeFolder}/docker.sock`,
    `${homedir()}/.docker/run/docker.sock`,
    `${runtimeFolder}/podman/podman.sock`,
    '/run/podman/podman.sock'
  ]
}

/** Of an engine that is named by `tcp://host:port`; any other name is a matter of testcontainers. */
async function refusalsOf(given: string): Promise<Map<string, string>> {
  const { protocol, hostname, port } = URL.parse(given) ?? {}
  if (protocol !== 'tcp:' || hostname === undefined || port === undefined || port === '') return new Map()
  const refusal = await silenceOf({ host: hostname, port: Number(port) })
  return new Map(refusal === undefined ? [] : [[given, refusal]])
}

function whyNone(refusals: ReadonlyMap<string, string>): string {
  const [forbidden] = [...refusals].find(([, code]) => code === 'EACCES' || code === 'EPERM') ?? []
  if (forbidden !== undefined) {
    return (
      `no permission to use the container engine at ${forbidden}. Join the group of that socket (for Docker: sudo usermod ` +
      `-aG docker $USER, and log in again), or use a rootless engine (systemctl --user start podman.socket). ${OTHERWISE}`
    )
  }
  const [silent] = [...refusals].find(([, code]) => code === 'ETIMEDOUT') ?? []
  if (silent !== undefined) {
    return `the container engine at ${silent} accepts connections and does not answer. Restart it (sudo systemctl restart docker). ${OTHERWISE}`
  }
  const dockerHost = process.env.DOCKER_HOST
  const tried = dockerHost === undefined ? [...refusals.keys()].join(', ') : `${dockerHost}, which DOCKER_HOST names`
  return (
    `no container engine answers at ${tried}. Start Docker (sudo systemctl start docker) or Podman (systemctl --user start ` +
    `podman.socket), or let DOCKER_HOST name the address of an engine: unix:///path/to/socket or tcp://host:port. ${OTHERWISE}`
  )
}

function isOlder(version: string, than: string): boolean {
  return version.localeCompare(than, 'en', { numeric: true }) < 0
}
