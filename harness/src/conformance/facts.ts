/** What a node program must do when it is asked to, in the order in which it is tried. What it says meanwhile is judged like any run. */
import { connect } from 'node:net'
import { type BookEntry, bookFieldsOf } from '../contract.ts'
import type { ReadyLine, Session, TestedNode } from './session.ts'

/** What the program does instead; nothing if the fact holds. */
export type Breach = string | undefined

export interface Fact {
  says: string
  check: (nodes: TestedNodes) => Promise<Breach>
  /** The facts after it make no sense without it. */
  vital?: true
  /** What the fact is needed for, if not for every run. */
  neededFor?: string
}

/** As a run waits. */
const ANSWER_WITHIN_MS = 2_000
const END_WITHIN_MS = 1_000

/** Started by the facts, as they need them. */
export interface TestedNodes {
  session: Session
  keyFile: string
  /** Waited for a node to be ready, and for nodes to list each other. */
  withinMs: number
  n1?: TestedNode
  n2?: TestedNode
  n3?: TestedNode
}

export const facts: Fact[] = [
  {
    says: 'a node writes `ready` as soon as it can be dialled',
    vital: true,
    check: async nodes => await startReady(nodes, 'n1', ['--key', nodes.keyFile])
  },
  { says: '`ready` lists an address that can be dialled', check: async ({ n1 }) => await dialFault(readyOf(n1)) },
  {
    says: '`dump` is answered by a `book`',
    vital: true,
    check: async ({ n1 }) =>
      (await n1!.dump(ANSWER_WITHIN_MS)) === undefined ? 'no `book` line within 2 s' : undefined
  },
  {
    says: '`dial` of an address where nobody listens does no harm',
    vital: true,
    check: async ({ n1 }) => {
      n1!.send({ type: 'dial', addrs: ['/ip4/127.0.0.1/tcp/1'] })
      if ((await n1!.dump(ANSWER_WITHIN_MS)) !== undefined) return undefined
      return n1!.hasEnded() ? 'the node ended' : '`dump` is no longer answered'
    }
  },
  { says: 'a second node starts', vital: true, check: async nodes => await startReady(nodes, 'n2') },
  {
    says: '`dial` of a node makes both list each other',
    vital: true,
    check: async ({ n1, n2, withinMs }) => {
      n1!.send({ type: 'dial', addrs: readyOf(n2).addrs })
      return await listingFault([n1!, n2!], withinMs)
    }
  },
  {
    says: '--bootstrap makes a newcomer list everybody, and everybody the newcomer',
    check: async nodes => {
      const { n1, n2 } = nodes
      const fault = await startReady(
        nodes,
        'n3',
        readyOf(n1).addrs.flatMap(addr => ['--bootstrap', addr])
      )
      return fault ?? (await listingFault([n1!, n2!, nodes.n3!], nodes.withinMs))
    }
  },
  {
    neededFor: 'scenarios in which nodes leave',
    says: '`leave` makes the others drop the node at once',
    check: async ({ n1, n2 }) => {
      n2!.send({ type: 'leave' })
      const dropped = () => n1!.lines('left').some(isOf(n2))
      return (await n1!.until(dropped, ANSWER_WITHIN_MS)) ? undefined : 'no `left` line at the other node within 2 s'
    }
  },
  {
    says: 'a node ends by itself, with code 0, when its stdin closes',
    check: async ({ n2 }) => {
      n2!.disconnect()
      return await endFault(n2!)
    }
  },
  {
    says: 'a node ends by itself, with code 0, after `stop`',
    check: async ({ n1 }) => {
      n1!.send({ type: 'stop' })
      return await endFault(n1!)
    }
  },
  {
    neededFor: 'scenarios in which nodes restart',
    says: 'a node that is started again with the same --key keeps its peer id, with a greater epoch',
    check: async nodes => {
      const before = readyOf(nodes.n1)
      const fault = await startReady(nodes, 'n1', ['--key', nodes.keyFile])
      if (fault !== undefined) return fault
      const after = readyOf(nodes.n1)
      return (
        differs('peerId', after.peerId, before.peerId) ??
        ((after.epoch ?? 0) > (before.epoch ?? 0) || after.epoch === undefined ? undefined : 'epoch did not grow')
      )
    }
  },
  {
    says: 'a node ends within 1 s of SIGTERM, with code 0 or by the signal',
    check: async ({ n3 }) => {
      n3!.terminate()
      await n3!.until(() => n3!.hasEnded(), END_WITHIN_MS)
      const end = n3!.seen.find(({ type }) => type === 'exited')
      if (end?.type !== 'exited') return 'it lives on after 1 s'
      return end.code === 0 || end.signal === 'SIGTERM'
        ? undefined
        : `it ended with ${end.signal ?? `code ${end.code}`}`
    }
  }
]

async function startReady(nodes: TestedNodes, name: 'n1' | 'n2' | 'n3', args?: readonly string[]): Promise<Breach> {
  const node = nodes.session.start(name, args)
  nodes[name] = node
  await node.until(() => node.ready() !== undefined || node.hasEnded(), nodes.withinMs)
  if (node.ready() !== undefined) return undefined
  const end = node.seen.find(({ type }) => type === 'exited' || type === 'spawn-failed')
  if (end?.type === 'spawn-failed') return end.reason
  if (end?.type !== 'exited') return `no \`ready\` line within ${nodes.withinMs / 1_000} s`
  return `the node ended before (${end.signal ?? `code ${end.code}`})`
}

function readyOf(node: TestedNode | undefined): ReadyLine {
  return node!.ready()!
}

function isOf(node: TestedNode | undefined) {
  return ({ peerId }: { peerId: string }) => peerId === readyOf(node).peerId
}

function differs(what: string, found: unknown, wanted: unknown): Breach {
  return found === wanted ? undefined : `${what} is ${JSON.stringify(found)}, not ${JSON.stringify(wanted)}`
}

/** Only addresses of the form /ip4/../tcp/.. are tried; the harness cannot dial every transport. */
async function dialFault({ addrs }: ReadyLine): Promise<Breach> {
  if (addrs.length === 0) return 'addrs is empty'
  for (const addr of addrs) {
    const [, host, port] = /^\/ip[46]\/([^/]+)\/tcp\/(\d+)/.exec(addr) ?? []
    if (host === undefined) continue
    if (port === '0') return `${addr} has no port: say the port that the system gave`
    const connected = await new Promise<boolean>(resolve => {
      const socket = connect({ host, port: Number(port), timeout: ANSWER_WITHIN_MS })
      socket.once('connect', () => resolve(true))
      for (const failure of ['error', 'timeout'] as const) socket.once(failure, () => resolve(false))
      socket.once('connect', () => socket.destroy())
    })
    if (!connected) return `nobody listens at ${addr}`
  }
  return undefined
}

/** Whether each of them comes to list all the others, as those say that they are. */
async function listingFault(nodes: TestedNode[], withinMs: number): Promise<Breach> {
  const unlisted = () => nodes.flatMap(observer => nodes.flatMap(subject => missing(observer, subject)))
  await nodes[0]!.until(() => unlisted().length === 0, withinMs)
  if (unlisted().length > 0) return `${unlisted().join('; ')} within ${withinMs / 1_000} s`
  for (const observer of nodes) {
    const book = (await observer.dump(ANSWER_WITHIN_MS)) ?? []
    for (const subject of nodes) {
      const fault = subject === observer ? undefined : entryFault(book.find(isOf(subject)), readyOf(subject))
      if (fault !== undefined) return `the book of ${observer.name} about ${subject.name}: ${fault}`
    }
  }
  return undefined
}

function missing(observer: TestedNode, subject: TestedNode): string[] {
  if (observer === subject || observer.lines('joined').some(isOf(subject))) return []
  return [`${observer.name} has no \`joined\` line for ${subject.name}`]
}

/** Held to the fields that the program says its books have. */
function entryFault(entry: BookEntry | undefined, ready: ReadyLine): Breach {
  if (entry === undefined) return 'not listed'
  const held = bookFieldsOf(ready)
  return (
    (held.includes('name') ? differs('name', entry.name, ready.node) : undefined) ??
    (held.includes('epoch') ? differs('epoch', entry.epoch, ready.epoch) : undefined) ??
    (held.includes('addrs') ? differs('addrs', sortedText(entry.addrs ?? []), sortedText(ready.addrs)) : undefined)
  )
}

function sortedText(texts: readonly string[]): string {
  return texts.toSorted().join()
}

async function endFault(node: TestedNode): Promise<Breach> {
  await node.until(() => node.hasEnded(), END_WITHIN_MS)
  const end = node.seen.find(({ type }) => type === 'exited')
  if (end?.type !== 'exited') return 'it lives on after 1 s'
  return end.code === 0 ? undefined : `it ended with ${end.signal ?? `code ${end.code}`}`
}
