/** A node's stderr: all of it, up to a bound, into a file; the last lines kept for the report. */
import { createWriteStream, type WriteStream } from 'node:fs'
import type { Readable } from 'node:stream'
import { printable } from '../../printable.ts'

/** Bytes of stderr written to the log of one process; the rest is read and dropped. */
export const MAX_LOG_BYTES = 16 * 2 ** 20

const TAIL_LINES = 20
const TAIL_LINE_LENGTH = 500

export interface NodeLog {
  write(text: string): void
  /** The last lines, printable, oldest first. */
  tail(): string[]
  /** Settles when the file is written; never rejects. */
  end(): Promise<void>
}

export interface StderrCapture extends Pick<NodeLog, 'tail'> {
  /** Settles when the stream is over and the file written; never rejects. */
  readonly closed: Promise<void>
}

export function captureStderr(stderr: Readable, logPath: string | undefined): StderrCapture {
  const log = createNodeLog(logPath)
  stderr.setEncoding('utf8')
  stderr.on('data', log.write)
  const closed = new Promise<void>(resolve => stderr.once('close', resolve)).then(log.end)
  return { tail: log.tail, closed }
}

/** What a node writes beside its lines. Not kept in a file if `path` is undefined. */
export function createNodeLog(path: string | undefined): NodeLog {
  const file = path === undefined ? undefined : createBoundedFile(path)
  let tail = ''
  return {
    write(text) {
      file?.write(text)
      tail = (tail + text).slice(-TAIL_LINES * TAIL_LINE_LENGTH)
    },
    tail() {
      const lines = tail.trimEnd().split(/\r?\n/)
      return tail.trim() === '' ? [] : lines.slice(-TAIL_LINES).map(line => printable(line, TAIL_LINE_LENGTH))
    },
    end: async () => await file?.end()
  }
}

function createBoundedFile(path: string) {
  const file: WriteStream = createWriteStream(path, { flags: 'a' })
  // A log that cannot be written (a full disk) must not end the run.
  file.on('error', () => {})
  let bytes = 0
  return {
    write(text: string) {
      if (bytes > MAX_LOG_BYTES) return
      bytes += Buffer.byteLength(text)
      file.write(bytes > MAX_LOG_BYTES ? `\n[the log ends here: more than ${MAX_LOG_BYTES} bytes]\n` : text)
    },
    end: () => new Promise<void>(resolve => (file.closed ? resolve() : file.end(() => resolve())))
  }
}
