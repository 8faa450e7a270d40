/** A page in the background gets its timers once a minute, but its messages at once: each of them makes up for the timers. */
import { test } from 'tap'
import type { Input } from '../../../src/core/effects.ts'
import { record } from '../records.ts'
import { Solo } from '../solo.ts'

const INTERVAL_MS = 10_000

const woken: readonly (readonly [by: string, Input])[] = [
  ['a probe', { type: 'message', from: 'b', message: { type: 'ping' } }],
  ['the answer to its own probe', { type: 'message', from: 'b', message: { type: 'pong' } }],
  [
    'records',
    { type: 'message', from: 'b', message: { type: 'push', records: [{ record: record({ peer: 'c' }), ageMs: 0 }] } }
  ],
  ['a heartbeat of gossip', { type: 'gossip', from: 'b', record: record({ peer: 'b', seq: 2 }) }]
]

for (const [by, input] of woken) {
  test(`an announcement that is overdue goes out with ${by}, though no timer fires`, async t => {
    const page = new Solo({ listenOnly: false, announceIntervalMs: INTERVAL_MS })
    page.take({ type: 'tick' })
    page.take({ type: 'partner-opened', peer: 'b', initiator: false, addr: 'b' })
    page.take({ type: 'gossip', from: 'b', record: record({ peer: 'b' }) })
    const before = announcements(page)
    page.nowMs = INTERVAL_MS / 2
    page.take(input)
    t.equal(announcements(page), before, 'not before it is due')
    page.nowMs = 2 * INTERVAL_MS
    page.take(again(input))
    t.equal(announcements(page), before + 1)
  })
}

function again(input: Input): Input {
  return input.type === 'gossip' ? { ...input, record: record({ peer: 'b', seq: 3 }) } : input
}

function announcements(page: Solo): number {
  return page.out.filter(({ type }) => type === 'announce').length
}
