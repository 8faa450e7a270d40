/** The table of who misses whom, as every report draws it. */
import type { NodeName } from '../contract.ts'
import { liveRuns } from '../history/network.ts'
import type { Network } from '../history/observed.ts'
import { type MissingCell, missingCells } from '../judge/causes/missing.ts'
import type { CauseCode } from '../judge/judgement.ts'
import { nameList } from '../judge/wording.ts'
import { type Completeness, completenessOf } from './words/completeness.ts'

/** One letter for each cause why a listing can be missing, so that colour is never the only sign. */
export const causeLetters: Partial<Record<CauseCode, string>> = {
  'never-started': 'S',
  'never-ready': 'R',
  'not-dialable': 'P',
  'never-announced': 'A',
  silent: 'Q',
  hung: 'H',
  'cut-by-fault': 'F',
  rejected: 'X',
  'dropped-alive': 'E',
  'observer-lost-it': 'B',
  'line-refused': 'L',
  'not-delivered': 'D',
  'no-evidence': 'N'
}

/** `absent`: one of the two is not there any more, or the observer never was. */
export type GridCell = 'self' | 'listed' | 'absent' | MissingCell

export interface Matrix {
  subjects: NodeName[]
  /** `hasBook`: the observer is live. */
  rows: { observer: NodeName; cells: GridCell[]; missing: number; hasBook: boolean }[]
  /** In the order of the causes. */
  causes: CauseCode[]
  missing: readonly MissingCell[]
  /** What is missing of it counts no node that was never there. */
  completeness: Completeness
}

export function matrixOf(network: Network): Matrix {
  const missing = missingCells(network)
  const byObserver = Map.groupBy(missing, cell => cell.observer)
  const subjects = [...network.nodes.keys()]
  const live = new Set(liveRuns(network).map(run => run.node))
  const rows = subjects.map(observer => {
    const lacks = new Map(byObserver.get(observer)?.map(cell => [cell.subject, cell]))
    const cells = subjects.map((subject): GridCell => {
      if (subject === observer) return 'self'
      return lacks.get(subject) ?? (live.has(observer) && live.has(subject) ? 'listed' : 'absent')
    })
    return { observer, cells, missing: lacks.size, hasBook: live.has(observer) }
  })
  const found = new Set(missing.map(cell => cell.cause.code))
  const causes = (Object.keys(causeLetters) as CauseCode[]).filter(cause => found.has(cause))
  return { subjects, rows, causes, missing, completeness: completenessOf(network) }
}

/** Observers that miss the same subjects for the same cause. */
export interface MissingGroup {
  observers: NodeName[]
  /** Whom each of them misses; with `eachOther` also all the other observers. */
  subjects: NodeName[]
  eachOther: boolean
  cause: CauseCode
  /** The evidence, if it is the same for all. */
  detail: string | undefined
  cells: number
}

/** The largest first. */
export function missingGroupsOf(missing: readonly MissingCell[]): MissingGroup[] {
  const lacks = [...Map.groupBy(missing, ({ observer, cause }) => JSON.stringify([observer, cause.code])).values()]
  const alike = Map.groupBy(lacks, cells => keyOf(cells, []))
  // Nodes that miss each other do not miss the same ones, as nobody misses himself.
  const mutual = Map.groupBy(lacks, cells => keyOf(cells, [cells[0]!.observer]))
  const groups = Map.groupBy(lacks, cells => {
    const [same, withSelf] = [keyOf(cells, []), keyOf(cells, [cells[0]!.observer])]
    return mutual.get(withSelf)!.length > alike.get(same)!.length ? withSelf : same
  })
  return [...groups.values()].map(groupOf).sort((a, b) => b.cells - a.cells)
}

/** `n1-n3, n7`, or `each other and n7`. */
export function missedText({ subjects, eachOther }: MissingGroup): string {
  if (!eachOther) return nameList(subjects)
  return subjects.length === 0 ? 'each other' : `each other and ${nameList(subjects)}`
}

function keyOf(cells: readonly MissingCell[], besides: readonly NodeName[]): string {
  const subjects = cells.map(cell => cell.subject)
  return JSON.stringify([cells[0]!.cause.code, ...[...subjects, ...besides].sort()])
}

function groupOf(rows: readonly MissingCell[][]): MissingGroup {
  const cells = rows.flat()
  const observers = rows.map(row => row[0]!.observer)
  const subjects = rows[0]!.map(cell => cell.subject)
  const details = new Set(cells.map(cell => cell.detail))
  return {
    observers,
    subjects: subjects.filter(subject => !observers.includes(subject)),
    eachOther: subjects.some(subject => observers.includes(subject)),
    cause: cells[0]!.cause.code,
    detail: details.size === 1 ? cells[0]!.detail : undefined,
    cells: cells.length
  }
}
