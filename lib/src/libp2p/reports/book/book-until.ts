/** Waiting for the address book to be as an application wants it. */
import { GossipDiscoveryError } from '../../errors.ts'
import type { AddressBookView } from './address-book-view.ts'

/** What ends the wait. */
export interface Endings {
  /** Aborts when the service stops; undefined while it does not run. */
  readonly stopping: AbortSignal | undefined
  readonly signal?: AbortSignal | undefined
}

/**
 * Resolves once the condition holds.
 *
 * @throws {GossipDiscoveryError} `ChannelSend` when the service does not run, or stops meanwhile
 * @throws the reason of the signal when it aborts, and whatever the condition throws
 */
export async function bookUntil(
  book: AddressBookView,
  condition: (book: AddressBookView) => boolean,
  { stopping, signal }: Endings
): Promise<void> {
  signal?.throwIfAborted()
  if (condition(book)) return
  if (stopping === undefined) throw notRunning()
  const ending = signal === undefined ? stopping : AbortSignal.any([stopping, signal])
  let unwatch = (): void => {}
  try {
    await new Promise<void>((resolve, reject) => {
      ending.addEventListener('abort', () => reject(signal?.aborted === true ? signal.reason : notRunning()))
      unwatch = book.watch(() => {
        try {
          if (condition(book)) resolve()
        } catch (error) {
          reject(error)
        }
      })
    })
  } finally {
    unwatch()
  }
}

function notRunning(): GossipDiscoveryError {
  return new GossipDiscoveryError('ChannelSend', 'the service does not run: the address book changes no more')
}
