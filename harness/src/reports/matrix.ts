/** The table of who misses whom, as every report draws it. */
import type { NodeName } from '../history.ts'
import { type MissingCell, missingCells } from '../missing.ts'
import { liveRuns, type Network } from '../network.ts'
import type { MissingCause } from '../verdict.ts'

/** One letter for each cause, so that colour is never the only sign. */
export const causeLetters = {
  'never started': 'S',
  'never ready': 'R',
  'never announced': 'A',
  'cut off by a fault': 'F',
  rejected: 'X',
  'expired early': 'E',
  left: 'L',
  'not in the book although an event said so': 'B',
  'sent, not delivered': 'D'
} as const satisfies Record<MissingCause, string>

/** `absent`: one of the two is not there any more, or the observer never was. */
export type Cell = 'self' | 'listed' | 'absent' | MissingCell

export interface Matrix {
  subjects: NodeName[]
  /** `hasBook`: the observer is live. */
  rows: { observer: NodeName; cells: Cell[]; missing: number; hasBook: boolean }[]
  /** In the order of the causes. */
  causes: MissingCause[]
  missing: MissingCell[]
}

export function matrixOf(network: Network): Matrix {
  const missing = missingCells(network)
  const byObserver = Map.groupBy(missing, cell => cell.observer)
  const subjects = [...network.nodes.keys()]
  const live = new Set(liveRuns(network).map(run => run.node))
  const rows = subjects.map(observer => {
    const lacks = new Map(byObserver.get(observer)?.map(cell => [cell.subject, cell]))
    const cells = subjects.map((subject): Cell => {
      if (subject === observer) return 'self'
      return lacks.get(subject) ?? (live.has(observer) && live.has(subject) ? 'listed' : 'absent')
    })
    return { observer, cells, missing: lacks.size, hasBook: live.has(observer) }
  })
  const found = new Set(missing.map(cell => cell.cause))
  const causes = (Object.keys(causeLetters) as MissingCause[]).filter(cause => found.has(cause))
  return { subjects, rows, causes, missing }
}

/** Observers that miss the same subjects for the same cause. */
export interface MissingGroup {
  observers: NodeName[]
  subjects: NodeName[]
  cause: MissingCause
  /** The evidence, if it is the same for all. */
  detail: string | undefined
}

/** The largest first. */
export function missingGroupsOf(missing: readonly MissingCell[]): MissingGroup[] {
  const lacks = Map.groupBy(missing, ({ observer, cause }) => JSON.stringify([observer, cause]))
  const groups = Map.groupBy(lacks.values(), cells =>
    JSON.stringify([cells[0]!.cause, ...cells.map(cell => cell.subject)])
  )
  return [...groups.values()]
    .map(same => {
      const details = new Set(same.flat().map(cell => cell.detail))
      return {
        observers: same.map(cells => cells[0]!.observer),
        subjects: same[0]!.map(cell => cell.subject),
        cause: same[0]![0]!.cause,
        detail: details.size === 1 ? [...details][0] : undefined
      }
    })
    .sort((a, b) => b.observers.length * b.subjects.length - a.observers.length * a.subjects.length)
}
