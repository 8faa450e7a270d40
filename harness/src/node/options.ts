/** The flags of the program. */
import { parseArgs } from 'node:util'

export interface NodeOptions {
  name: string
  listen: string[]
  bootstrap: string[]
  announceIntervalMs: number | undefined
  entryTtlMs: number | undefined
  mdns: boolean
  /** Of the network, the library's default if undefined: nodes of different topics do not list each other. */
  topic: string | undefined
  /** Where the private key is kept, so that a restart keeps its identity; in memory if undefined. */
  keyFile: string | undefined
  /** Where key, epoch and book are kept, so that a restart needs no bootstrap peer. */
  stateFolder: string | undefined
  /** How far the clock of the program is ahead of that of the host. */
  clockOffsetMs: number
}

export function optionsOf(args: string[]): NodeOptions {
  const { values } = parseArgs({
    args,
    options: {
      name: { type: 'string', default: 'node' },
      listen: { type: 'string', multiple: true, default: ['/ip4/127.0.0.1/tcp/0'] },
      bootstrap: { type: 'string', multiple: true, default: [] },
      'announce-interval-ms': { type: 'string' },
      'ttl-ms': { type: 'string' },
      mdns: { type: 'boolean', default: false },
      topic: { type: 'string' },
      key: { type: 'string' },
      state: { type: 'string' },
      'clock-offset-ms': { type: 'string' }
    }
  })
  return {
    name: values.name,
    listen: values.listen,
    bootstrap: values.bootstrap,
    announceIntervalMs: numberOf(values['announce-interval-ms']),
    entryTtlMs: numberOf(values['ttl-ms']),
    mdns: values.mdns,
    topic: values.topic,
    keyFile: values.key,
    stateFolder: values.state,
    clockOffsetMs: numberOf(values['clock-offset-ms']) ?? 0
  }
}

function numberOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text)
}
