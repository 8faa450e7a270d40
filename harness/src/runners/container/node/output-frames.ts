/** The engine sends stdout and stderr of a container over one stream, in frames: kind, 3 bytes of nothing, length, bytes. */
import { once } from 'node:events'
import type { Writable } from 'node:stream'

const HEADER_BYTES = 8
const STDERR = 2

/**
 * Ends both streams when the frames are over or the engine is gone. Reads on only when what it read was taken, so that
 * a container that floods has to wait. Never rejects.
 */
export async function splitFrames(frames: AsyncIterable<Buffer>, stdout: Writable, stderr: Writable): Promise<void> {
  const header = Buffer.alloc(HEADER_BYTES)
  let headerBytes = 0
  let left = 0
  try {
    for await (const chunk of frames) {
      for (let at = 0; at < chunk.length; ) {
        if (left === 0) {
          const copied = chunk.copy(header, headerBytes, at)
          at += copied
          headerBytes = (headerBytes + copied) % HEADER_BYTES
          if (headerBytes === 0) left = header.readUInt32BE(4)
        } else {
          const part = chunk.subarray(at, at + left)
          at += part.length
          left -= part.length
          await write(header[0] === STDERR ? stderr : stdout, part)
        }
      }
    }
  } catch {
    // The connection broke: the engine is gone, and that is observed elsewhere.
  }
  stdout.end()
  stderr.end()
}

async function write(stream: Writable, bytes: Buffer): Promise<void> {
  if (stream.destroyed || stream.write(bytes)) return
  const taken = new AbortController()
  await Promise.race(['drain', 'close'].map(event => once(stream, event, { signal: taken.signal }).catch(() => {})))
  taken.abort()
}
