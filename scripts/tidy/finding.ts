/** A place that breaks a rule. */
export interface Finding {
  /** Names the rule in the list of exceptions. */
  readonly rule: string
  /** Names the place there: a path, or a path and a name. */
  readonly place: string
  /** How much of it there is: lines, files or importers. */
  readonly size: number
  /** The place, its size, the bound, and what to do. */
  readonly message: string
}
