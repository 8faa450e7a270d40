/** What systems are compared by, in a file of its own: the command line needs only the names. */

/** What each wait of the scenarios allows: what has not come by then is a result. */
export const LIMIT_MS = 60_000

interface ComparedScenario {
  /** What happens, in a few words, for a table of contents. */
  readonly about: string
  /** A long one is run with the fewest nodes only. */
  readonly sizes: 'all' | 'fewest'
  /**
   * By a step that was missed again and again, the step before which later runs of the same system end, so that they need not wait
   * for it in vain; with `none` there is nothing left to measure, and they are not made.
   */
  readonly shortened: Readonly<Record<string, string>>
}

export const COMPARED_SCENARIOS = {
  life: {
    about: 'a cold start, rest, a late joiner, and a crash with a newcomer',
    sizes: 'all',
    shortened: { s1: 'none', s3: 'none', s6: 's4' }
  },
  strain: { about: 'loss, and starved nodes', sizes: 'fewest', shortened: { s1: 'none' } },
  split: { about: 'two halves that lose each other', sizes: 'fewest', shortened: { s1: 'none', s3: 'none' } }
} as const satisfies Record<string, ComparedScenario>

export type ComparedScenarioName = keyof typeof COMPARED_SCENARIOS

export const COMPARED_SCENARIO_NAMES = Object.keys(COMPARED_SCENARIOS) as [
  ComparedScenarioName,
  ...ComparedScenarioName[]
]

/** Steps of the scenarios that figures are taken from. */
export const STEPS = {
  life: { joiner: 's2', crash: 's4', newcomer: 's5' },
  split: { partition: 's2' }
} as const
