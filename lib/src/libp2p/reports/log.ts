/** The log of the service: each call makes one line, which begins with the node's own id, whatever strangers put into it. */
import type { Logger, PeerId } from '@libp2p/interface'
import type { PeerKey } from '../../core/index.ts'

/** The name under which the service logs, for `DEBUG`; before the topic, where that is not the default. */
export const LOG_NAME = 'libp2p:gossip-discovery'

/** As libp2p's own `peerLogger` shortens an id: two nodes of one log are told apart, and a search finds both kinds of lines. */
const ID_HEAD = 2
const ID_TAIL = 4

/** A line is cut here. Enough for all addresses that a node may have to leave out of its announcement. */
const MAX_LINE_CHARS = 8_192

/** Of an error of many errors, so many are named: a peer has up to 16 addresses, each of which can fail. */
const MAX_PARTS = 4

/** Errors of the language are bugs. Their frames are in the line; an error of the network has a message that says all. */
const BUGS: ReadonlySet<string> = new Set(['TypeError', 'ReferenceError', 'RangeError', 'SyntaxError', 'EvalError'])

/**
 * What could end a line, move the cursor, or reorder what is read: control and format characters, separators of lines, and halves of
 * pairs. The two joiners, which names of people and emoji need, do nothing of that.
 */
const UNPRINTABLE = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu

type Write = (format: string, ...args: unknown[]) => void

/**
 * A logger that knows the placeholder `%p` for a peer, by its id or its key, and others for a text, a number or an error, which becomes
 * its name, message, parts and cause.
 *
 * @param logger - where lines go; none is made for a logger that is disabled
 * @param labelOf - what a peer is called
 */
export function serviceLog(logger: Logger, self: PeerId, labelOf: (peer: PeerKey) => string): Logger {
  const id = shortId(self)
  const writer = (write: Write, isEnabled: () => boolean): Write => {
    return (format, ...args) => {
      if (isEnabled()) write('%s', `${id} ${logLine(format, args, labelOf)}`)
    }
  }
  const { error, trace } = logger
  const log = writer(logger, () => isEnabled(logger))
  Object.defineProperty(log, 'enabled', { get: () => logger.enabled })
  return Object.assign(log, {
    error: writer(error, () => isEnabled(error)),
    trace: writer(trace, () => isEnabled(trace)),
    newScope: (name: string) => serviceLog(logger.newScope(name), self, labelOf)
  }) as Logger
}

/** Format and arguments as one printable line. */
export function logLine(format: string, args: readonly unknown[], labelOf: (peer: PeerKey) => string): string {
  let next = 0
  const text = format.replace(/%[a-z]/g, placeholder => {
    const arg = args[next++]
    return placeholder === '%p' ? labelOf(String(arg)) : textOf(arg)
  })
  const line = text.replace(UNPRINTABLE, escaped)
  return line.length <= MAX_LINE_CHARS ? line : `${line.slice(0, MAX_LINE_CHARS)} ...`
}

function textOf(value: unknown): string {
  return value instanceof Error ? errorText(value) : String(value)
}

function errorText(error: Error, isPart = false): string {
  const { name, message, cause, stack = '' } = error
  const parts: unknown[] = error instanceof AggregateError ? error.errors : []
  const named = parts.slice(0, MAX_PARTS).map(part => (part instanceof Error ? errorText(part, true) : String(part)))
  const left = parts.length - named.length
  return [
    // The name of a plain error says nothing.
    message === '' ? name : name === 'Error' ? message : `${name}: ${message}`,
    ...(named.length > 0 ? [`[${named.join('; ')}${left > 0 ? `; and ${left} more` : ''}]`] : []),
    ...(cause instanceof Error && !isPart ? [`(because of ${errorText(cause, true)})`] : []),
    // Below the message, which is in the line already.
    ...(BUGS.has(name) ? (stack.match(/^\s+at .*$/gm) ?? []).map(frame => frame.trim()) : [])
  ].join(' ')
}

function shortId(peer: PeerId): string {
  const text = peer.toString()
  return `${text.slice(0, ID_HEAD)}…${text.slice(-ID_TAIL)}`
}

/** A function of a logger says so itself where its logger comes from libp2p. */
function isEnabled(write: object): boolean {
  return !('enabled' in write) || write.enabled !== false
}

function escaped(char: string): string {
  return `\\u{${char.codePointAt(0)!.toString(16)}}`
}
