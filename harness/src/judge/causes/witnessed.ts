/** What the simulator saw in a core: findings of the rule that it names. */
import type { Network } from '../../history/observed.ts'
import type { RuleId } from '../rules.ts'
import { type Found, type Ruling, shown, whose } from '../ruling.ts'

/** About books that differ from what is told; the rest is false. */
const ABOUT_BOOKS: ReadonlySet<RuleId> = new Set([
  'joined-once',
  'updated-listed',
  'gone-listed',
  'not-itself',
  'book-as-told'
])

/** The ruling, with what was seen in cores whose lines do not show it. */
export function withWitnessed({ breaches }: Network, rule: RuleId, ruling: Ruling): Ruling {
  const seen = breaches.witnessed.filter(each => {
    return each.rule === rule && !ruling.found.some(({ node }) => node === each.run.node)
  })
  if (seen.length === 0) return ruling
  const byRun = Map.groupBy(seen, ({ run }) => run)
  const found = [...byRun.values()].map((same): Found => {
    const { run, atMs, message, subject } = same[0]!
    return {
      rule,
      ...whose(run),
      ...(subject !== undefined && { subject }),
      atMs,
      message,
      cause: {
        code: ABOUT_BOOKS.has(rule) ? 'events-differ-from-book' : rule === 'no-drops' ? 'dropped-alive' : 'lied',
        confidence: 'shown',
        evidence: shown(...same.slice(0, 10).map(({ line }) => line))
      }
    }
  })
  return { ...ruling, found: [...ruling.found, ...found] }
}
