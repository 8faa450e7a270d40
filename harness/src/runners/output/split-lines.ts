/** From bytes to lines. Memory stays bounded, whatever the bytes are. */

const NEWLINE = 0x0a

export interface LineSplitter {
  /** Reads on; returns how many lines ended in `chunk`. */
  push(chunk: Uint8Array): number
  /** The stream is over: an unfinished line that was too long is told, another one is returned. */
  end(): Uint8Array
}

/**
 * BOUNDED: holds at most `maxLineBytes` of an unfinished line.
 *
 * @param onLine - without its newline; the bytes are valid until it returns. `isCut`: the line was longer than that
 */
export function createLineSplitter(
  maxLineBytes: number,
  onLine: (bytes: Uint8Array, isCut: boolean) => void
): LineSplitter {
  const unfinished = createByteBuffer(maxLineBytes)
  const finish = () => {
    const isCut = unfinished.overflowed
    onLine(unfinished.take(), isCut)
  }
  return {
    push(chunk) {
      let lines = 0
      let from = 0
      for (let at = chunk.indexOf(NEWLINE); at !== -1; at = chunk.indexOf(NEWLINE, from)) {
        const line = chunk.subarray(from, at)
        if (unfinished.isEmpty && line.length <= maxLineBytes) onLine(line, false)
        else {
          unfinished.append(line)
          finish()
        }
        lines += 1
        from = at + 1
      }
      unfinished.append(chunk.subarray(from))
      return lines
    },
    end() {
      if (!unfinished.overflowed) return unfinished.take()
      finish()
      return new Uint8Array()
    }
  }
}

/** Keeps the first `maxBytes` of what is appended; one flat buffer, because a node may write a byte at a time. */
function createByteBuffer(maxBytes: number) {
  let bytes = Buffer.alloc(0)
  let length = 0
  let overflowed = false
  return {
    get isEmpty() {
      return length === 0
    },
    get overflowed() {
      return overflowed
    },
    append(part: Uint8Array) {
      overflowed ||= part.length > maxBytes - length
      const kept = part.subarray(0, maxBytes - length)
      if (length + kept.length > bytes.length) {
        const larger = Buffer.alloc(Math.min(maxBytes, Math.max(4096, 2 * bytes.length, length + kept.length)))
        bytes.copy(larger, 0, 0, length)
        bytes = larger
      }
      bytes.set(kept, length)
      length += kept.length
    },
    take() {
      const taken = bytes.subarray(0, length)
      // What is taken is read before the next append; only a large buffer is worth giving back.
      if (bytes.length > 65_536) bytes = Buffer.alloc(0)
      length = 0
      overflowed = false
      return taken
    }
  }
}
