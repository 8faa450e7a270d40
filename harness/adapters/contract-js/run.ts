/** Runs a system as a node of the contract: lines to stdout, commands from stdin (docs/CONTRACT.md). */
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import type { Ability, BookField, Command, NodeLine } from '../../src/contract.ts'
import { Book } from './book.ts'
import { type Flags, flagsOf } from './flags.ts'

/** The harness sends SIGTERM 800 ms after `stop`. */
const STOP_WITHIN_MS = 400

/** A system that runs, and whose changes of membership go into the book that it was given. */
export interface System {
  readonly peerId: string
  /** Where it can be dialled. */
  readonly addrs: readonly string[]
  /** Of this run, where its books hold it. */
  readonly epoch?: number
  /** What its books hold of a peer beside its id. */
  readonly fields: readonly BookField[]
  readonly can: readonly Ability[]
  /** Must not throw: that nobody listens there is no reason to end. */
  dial(addrs: readonly string[]): void
  /** Says farewell, where the system has one. */
  leave?(): Promise<void>
  /** Ends it; with a farewell, where the system has one. */
  stop(): Promise<void>
}

export interface Lines {
  readonly book: Book
  /** It announced itself, to so many peers. */
  announced(seq: number, recipients: number): void
}

/** Runs until it is told to end, and ends the process. */
export async function run(start: (flags: Flags, lines: Lines) => Promise<System>): Promise<never> {
  const flags = flagsOf(process.argv.slice(2))
  const book = new Book(write)
  const ended = Promise.withResolvers<void>()
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => ended.resolve())
  // Nobody reads any more: the harness is gone.
  process.stdout.on('error', () => ended.resolve())
  // Systems reject promises that nobody waits for when a peer is gone. A node of theirs would live on.
  process.on('unhandledRejection', complain)
  const system = await start(flags, {
    book,
    announced: (seq, recipients) => write({ type: 'announced', seq, recipients })
  })
  const { peerId, addrs, epoch, fields, can } = system
  write({
    type: 'ready',
    v: 2,
    node: flags.name,
    peerId,
    addrs: [...addrs],
    ...(epoch !== undefined && { epoch }),
    fields: [...fields],
    can: [...can]
  })
  void obey(system, book).finally(() => ended.resolve())
  await ended.promise
  await Promise.race([system.stop().catch(complain), delay(STOP_WITHIN_MS)])
  process.exit(0)
}

/** Resolves when told to stop, or when stdin closes. */
async function obey(system: System, book: Book): Promise<void> {
  for await (const line of createInterface({ input: process.stdin })) {
    const command: Command = JSON.parse(line)
    if (command.type === 'dump') write({ type: 'book', entries: [...book.entries] })
    else if (command.type === 'dial') system.dial(command.addrs)
    else if (command.type === 'leave') await system.leave?.().catch(complain)
    else if (command.type === 'stop') return
  }
}

function write(line: NodeLine): void {
  process.stdout.write(`${JSON.stringify(line)}\n`)
}

/** Prose for the operator, so it goes to stderr. */
function complain(error: unknown): void {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
}
