/** What the reader of the page looks at: the one state that all components share. */
import type { RuleId } from '../../../judge/rules.ts'
import type { NodeNumber, ReportData } from '../data/report-data.ts'

export interface View {
  /** Only these nodes, and pairs of which one is among them; undefined: all. */
  readonly nodes?: ReadonlySet<NodeNumber> | undefined
  /** Only what this rule found. */
  readonly rule?: RuleId | undefined
  /** The pair whose story is told. */
  readonly pair?: { readonly observer: NodeNumber; readonly subject: NodeNumber } | undefined
  /** The stretch of time that is zoomed in on; undefined: the whole run. */
  readonly window?: { readonly fromMs: number; readonly toMs: number } | undefined
  /** The moment at which the overlay is drawn; undefined: the end. */
  readonly atMs?: number | undefined
}

export interface ViewState {
  get(): View
  /** Changes what is given, and tells the subscribers if that makes a difference. */
  set(part: Partial<View>): void
  /** @returns ends the subscription */
  subscribe(listener: () => void): () => void
}

export function createViewState(): ViewState {
  let view: View = {}
  const listeners = new Set<() => void>()
  return {
    get: () => view,
    set(part) {
      const isNew = Object.entries(part).some(([key, value]) => view[key as keyof View] !== value)
      if (!isNew) return
      view = { ...view, ...part }
      for (const listener of [...listeners]) listener()
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    }
  }
}

/** The filter shows a pair if it shows one of the two. */
export function showsPair({ nodes }: View, observer: NodeNumber, subject: NodeNumber): boolean {
  return nodes === undefined || nodes.has(observer) || nodes.has(subject)
}

/** A part of the page that can be given the data of a later moment. */
export interface Component {
  update(data: ReportData): void
}
