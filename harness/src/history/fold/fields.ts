/** What the books of a program hold: an entry is held to nothing else. */
import type { NodeRun } from '../observed.ts'

export type Field = 'name' | 'addrs' | 'epoch' | 'seq'

const ALL: ReadonlySet<string> = new Set<Field>(['name', 'addrs', 'epoch', 'seq'])

/** A program that says nothing of it holds everything, and so does one that has not said ready yet. */
export function fieldsOf({ ready }: Pick<NodeRun, 'ready'>): ReadonlySet<string> {
  return ready?.fields === undefined ? ALL : new Set(ready.fields)
}

/** The version of an entry goes forward: its book holds both numbers of it. */
export function holdsVersions(run: Pick<NodeRun, 'ready'>): boolean {
  const fields = fieldsOf(run)
  return fields.has('epoch') && fields.has('seq')
}
