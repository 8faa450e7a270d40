/** The flags that the harness gives to a node (docs/CONTRACT.md, Start). */
import { parseArgs } from 'node:util'

export interface Flags {
  readonly name: string
  /** `/ip4/<address>/tcp/<port>`, port 0 for any. */
  readonly listen: string
  /** Of nodes to begin with; none for the first one. */
  readonly bootstrap: readonly string[]
  /** The system's own default if undefined, as for the next one. */
  readonly announceIntervalMs: number | undefined
  readonly ttlMs: number | undefined
  /** Where the identity is kept; new with every start if undefined. */
  readonly keyFile: string | undefined
}

export function flagsOf(argv: readonly string[]): Flags {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      name: { type: 'string', default: 'node' },
      listen: { type: 'string', default: '/ip4/127.0.0.1/tcp/0' },
      bootstrap: { type: 'string', multiple: true, default: [] },
      'announce-interval-ms': { type: 'string' },
      'ttl-ms': { type: 'string' },
      mdns: { type: 'boolean', default: false },
      key: { type: 'string' }
    }
  })
  const { name, listen, bootstrap, key, 'announce-interval-ms': announceIntervalMs, 'ttl-ms': ttlMs } = values
  return {
    name,
    listen,
    bootstrap,
    announceIntervalMs: announceIntervalMs === undefined ? undefined : Number(announceIntervalMs),
    ttlMs: ttlMs === undefined ? undefined : Number(ttlMs),
    keyFile: key
  }
}

/** The host and the port of an address of the form that `--listen` has. */
export function endpointOf(addr: string): { host: string; port: number } {
  const [, , host = '', , port = '0'] = addr.split('/')
  return { host, port: Number(port) }
}
