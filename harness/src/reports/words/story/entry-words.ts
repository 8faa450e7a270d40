/** What a node says of an entry of its book, in words. Imports nothing: a page may say the same sentences from its own data. */

/** Lines by which a book changes. */
export type EntryChange = 'joined' | 'updated' | 'left' | 'expired'

export interface EntryVersion {
  readonly epoch?: number | undefined
  readonly seq?: number | undefined
}

/**
 * `n1 listed n3 (epoch 1000, seq 1)`
 *
 * @param observer - and `subject` are names that are fit for a report
 */
export function entryText(
  change: EntryChange,
  observer: string,
  subject: string,
  { epoch, seq }: EntryVersion = {}
): string {
  const parts = [...(epoch === undefined ? [] : [`epoch ${epoch}`]), ...(seq === undefined ? [] : [`seq ${seq}`])]
  const version = parts.length === 0 ? '' : ` (${parts.join(', ')})`
  switch (change) {
    case 'joined':
      return `${observer} listed ${subject}${version}`
    case 'updated':
      return `${observer} updated its entry of ${subject}${version}`
    case 'left':
      return `${observer} dropped ${subject}, as one that left`
    case 'expired':
      return `${observer} dropped ${subject}, as one that is gone`
  }
}
