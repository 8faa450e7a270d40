/** Arbitrary parts of scenarios, for property tests. */
import fc from 'fast-check'
import { type Amount, isProgramName, type Selector } from '../../src/scenario/selector.ts'

/** Written shares have at most two digits behind the point. */
const share = fc.integer({ min: 1, max: 10_000 }).map(hundredths => hundredths / 10_000)

export const anyAmount: fc.Arbitrary<Amount> = fc.oneof(
  fc.integer({ min: 1, max: 100 }).map(count => ({ type: 'count' as const, count })),
  share.map(ratio => ({ type: 'share' as const, ratio }))
)

export const anySelector: fc.Arbitrary<Selector> = fc.oneof(
  anyAmount,
  fc
    .tuple(fc.integer({ min: 1, max: 999 }), fc.integer({ min: 0, max: 999 }))
    .map(([first, more]) => ({ type: 'range' as const, first, last: first + more })),
  fc.constantFrom('all', 'bootstrap', 'joined').map(type => ({ type })),
  fc
    .stringMatching(/^[a-z][a-z0-9-]{0,31}$/)
    .filter(isProgramName)
    .map(name => ({ type: 'program' as const, name }))
)

const duration = fc.integer({ min: 1, max: 120_000 }).map(ms => `${ms}ms`)
export const anyAmountText = fc.oneof(
  fc.integer({ min: 1, max: 3 }).map(String),
  fc.integer({ min: 1, max: 100 }).map(percent => `${percent}%`)
)

/** A step as YAML, which names no node. */
export const anyStepText: fc.Arbitrary<string> = fc
  .tuple(
    fc.constantFrom('kill', 'pause', 'partition', 'isolate', 'one-way', 'leave', 'restart', 'join', 'power-off'),
    anyAmountText,
    duration,
    duration
  )
  .map(([action, amount, after, length]) => {
    const isLasting = ['pause', 'partition', 'isolate', 'one-way'].includes(action)
    return `  - ${action}: ${amount}\n    after: ${after}\n${isLasting ? `    for: ${length}\n` : ''}`
  })

export const anyChurnText: fc.Arbitrary<string> = fc
  .tuple(anyAmountText, fc.integer({ min: 1, max: 10 }), fc.integer({ min: 10, max: 60 }))
  .map(([amount, every, until]) => `  - churn: ${amount}\n    every: ${every}s\n    until: ${until}s\n`)
