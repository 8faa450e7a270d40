/** Which addresses one party can easily have many of. */
import type { Group } from '../core/index.ts'

export function groupOf(addr: string): Group {
  return addr.split('/').slice(0, 3).join('/')
}
