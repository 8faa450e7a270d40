import {
  type AddressBookEntry,
  Discovery,
  type Output,
  type SignedAnnouncement,
  signedAnnouncement
} from '@gossip-discovery/libp2p/core'
import { test } from 'tap'
import type { RuleId } from '../../src/judge/rules.ts'
import type { CreateCore } from '../../src/simulation/host/world.ts'
import { MAX_RECORDED_NODES } from '../../src/simulation/watch/chronicle.ts'
import { broken as brokenBy, PASS, shown, simulate } from './plans.ts'

type BookOutput = Extract<Output, { entry: AddressBookEntry }>

/** A core of one node that is broken: its outputs are not what they should be. */
function broken(alter: (output: BookOutput, core: Discovery) => Output[]): CreateCore {
  return (config, self, host, nowMs) => {
    const core = new Discovery(config, self, host, nowMs)
    if (config.name !== 'n3') return core
    return new Proxy(core, {
      get(target, property) {
        const value = Reflect.get(target, property, target)
        if (property !== 'handle') return typeof value === 'function' ? value.bind(target) : value
        return (...args: Parameters<Discovery['handle']>) =>
          target.handle(...args).flatMap(output => ('entry' in output ? alter(output, target) : [output]))
      }
    })
  }
}

const crash = { steps: [brokenBy({ type: 'kill', nodes: ['n5'] })] }

test('a core that is not broken breaks no invariant', async t => {
  t.same(shown(simulate(crash, { createCore: broken(output => [output]) }).judgement), PASS)
})

const defects: [what: string, alter: (output: BookOutput) => Output[], expected: { rule: RuleId; message: RegExp }][] =
  [
    [
      'an entry comes without an event',
      output => (output.type === 'joined' ? [] : [output]),
      { rule: 'book-as-told', message: /^n3 holds \d+ entries, but its events make \d+/ }
    ],
    [
      'an event comes twice',
      output => [output, output],
      { rule: 'joined-once', message: /^n3 says joined of one that it lists/ }
    ],
    [
      'an entry goes without an event',
      output => (output.type === 'expired' ? [] : [output]),
      { rule: 'book-as-told', message: /^n3 holds 8 entries, but its events make 9/ }
    ],
    [
      'a record is not its subject’s own',
      output => [{ ...output, entry: { ...output.entry, record: copyOf(output.entry.record) } }],
      { rule: 'equal', message: /^n3 lists peer-\d+, who never signed that/ }
    ],
    [
      'a record is taken for older than it is',
      output => [{ ...output, entry: { ...output.entry, bornAtMs: output.entry.bornAtMs - 1_000 } }],
      { rule: 'equal', message: /^n3 dates an announcement of [\d.]+ ms to/ }
    ],
    [
      'a record is taken for one of the future',
      output => [{ ...output, entry: { ...output.entry, bornAtMs: output.entry.bornAtMs + 1_000 } }],
      { rule: 'equal', message: /^n3 dates an announcement/ }
    ]
  ]

for (const [what, alter, expected] of defects) {
  test(`it is found when ${what}`, async t => {
    for (const maxRecordedNodes of [0, MAX_RECORDED_NODES]) {
      const { judgement, endedBy } = simulate(crash, { createCore: broken(alter), maxRecordedNodes })
      t.equal(endedBy, 'decided', 'the run ends there')
      t.match(judgement, { outcome: 'fail', findings: [{ rule: expected.rule, node: 'n3' }] })
      if (maxRecordedNodes === 0) t.match(judgement.findings[0], expected, 'in the words of the witness')
    }
  })
}

test('it is found when a book goes back to an older announcement', async t => {
  const seen = new Map<string, BookOutput>()
  // Announces the same peer again, as if it had been away, under the number that it had before.
  const createCore = broken(output => {
    const { peer } = output.entry.record.announcement
    if (output.type === 'joined') seen.set(peer, output)
    return output.type === 'expired' ? [output, seen.get(peer)!] : [output]
  })
  const { judgement } = simulate(crash, { createCore })
  t.match(judgement, { outcome: 'fail', findings: [{ rule: 'news-only', node: 'n3' }] })
})

test('it is found when a book grows over its bound', async t => {
  const createCore: CreateCore = (config, ...rest) => new Discovery({ ...config, maxEntries: 100 }, ...rest)
  const { judgement } = simulate({}, { createCore, config: { maxEntries: 4 } })
  t.match(judgement, { outcome: 'fail', findings: [{ message: /over its bounds/ }] })
})

test('it is found when a node drops one that lives', async t => {
  const createCore: CreateCore = (config, self, host, nowMs) => {
    const core = new Discovery(config, self, host, nowMs)
    // Believes every entry to be gone after 3 s.
    if (config.name === 'n3') {
      core.book.apply = function (record, ...rest) {
        const ttlMs = Math.min(record.announcement.ttlMs, 3_000)
        const result = Object.getPrototypeOf(this).apply.call(this, record, ...rest)
        if (result !== 'stale') this.shorten(record.announcement.peer, rest[0] + ttlMs)
        return result
      }
    }
    return core
  }
  const { judgement, drops } = simulate({ lastsMs: 30_000 }, { createCore })
  t.ok(drops.false > 0)
  t.match(judgement, { outcome: 'fail', findings: [{ rule: 'no-drops', node: 'n3' }] })
  const elsewhere = brokenBy({ type: 'partition', groups: [['n9', 'n10']] }, 15_000, 1_000)
  const cut = simulate({ steps: [elsewhere], lastsMs: 12_000 }, { createCore })
  t.ok(cut.drops.false > 0, 'a cut excuses those that it keeps apart, not the rest')
})

/** Says the same, but nobody signed it. */
function copyOf({ announcement, envelope, contentHash }: SignedAnnouncement): SignedAnnouncement {
  return signedAnnouncement(announcement, envelope, contentHash)
}
