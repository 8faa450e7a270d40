import { closestMatch } from 'leven'

const MAX_LETTERS = 40

/** The known word that was probably meant, to be put behind the one that was written; nothing if none is near. */
export function didYouMean(written: string, known: readonly string[]): string {
  if (written.length > MAX_LETTERS) return ''
  // Two letters that changed places are two changes: `opne` is near.
  const maxDistance = Math.max(1, Math.round(written.length * 0.4))
  const match = closestMatch(written.toLowerCase(), known, { maxDistance })
  return match === undefined ? '' : `; did you mean ${match}?`
}
