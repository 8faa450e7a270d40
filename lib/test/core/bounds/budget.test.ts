/** A budget that strangers share: what no flood, and no change of peer ids, takes from those who ask for little. */
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { test } from 'tap'
import { Budget, type BudgetSize, type Payer } from '../../../src/core/bounds/budget.ts'

/** Half of the burst is the reserve, which is shared. */
const SIZE = { burst: 1_000, perSecond: 100 }
const RESERVE = 500

const anySpending = fc.record({
  group: fc.constantFrom('a', 'b', 'c'),
  connection: fc.nat(4),
  cost: fc.integer({ min: 1, max: 300 }),
  waitMs: fc.nat(2_000)
})

test('the node never spends more than its burst and its rate, whoever asks for what', async () => {
  fc.assert(
    fc.property(fc.array(anySpending, { maxLength: 100 }), spendings => {
      const budget = new Budget(SIZE)
      let [nowMs, spent] = [0, 0]
      for (const { group, connection, cost, waitMs } of spendings) {
        nowMs += waitMs
        if (budget.admits({ group, connection: `${group}${connection}` }, cost, nowMs)) spent += cost
        assert.ok(spent <= SIZE.burst + (nowMs * SIZE.perSecond) / 1_000 + 1e-6)
      }
    })
  )
})

test('a lone group may use the whole rate, and all that is not kept for others at once', async t => {
  const budget = new Budget(SIZE)
  t.ok(spend(budget, payer('a'), 10, 0) >= SIZE.burst - RESERVE)
  const spent = flood(budget, [payer('a')], 10, 0, 60_000)
  t.ok(spent >= 60 * SIZE.perSecond * 0.95 && spent <= 60 * SIZE.perSecond + RESERVE, `${spent}`)
})

test('while one group floods, another that asks for its share gets all of it, and at once', async () => {
  const anyShare = fc.record({ cost: fc.integer({ min: 1, max: 40 }), everyMs: fc.integer({ min: 1_000, max: 3_000 }) })
  fc.assert(
    fc.property(anyShare, ({ cost, everyMs }) => {
      const budget = new Budget(SIZE)
      flood(budget, [payer('flood')], 7, 0, 10_000)
      for (let atMs = 10_000; atMs < 60_000; atMs += everyMs) {
        assert.ok(budget.admits(payer('modest'), cost, atMs), `${cost} each ${everyMs} ms, at ${atMs}`)
        flood(budget, [payer('flood')], 7, atMs, atMs + everyMs)
      }
    })
  )
})

test('groups that all flood get the same', async t => {
  const budget = new Budget(SIZE)
  const groups = ['a', 'b', 'c', 'd'].map(group => payer(group))
  flood(budget, groups, 5, 0, 20_000)
  const spent = groups.map(() => 0)
  for (let nowMs = 20_000; nowMs < 120_000; nowMs += 10) {
    for (const [i, group] of groups.entries()) if (budget.admits(group, 5, nowMs)) spent[i]! += 5
  }
  const fair = (100 * SIZE.perSecond) / groups.length
  t.ok(
    spent.every(sum => Math.abs(sum - fair) < fair / 4),
    `${spent}`
  )
})

test('a thousand reconnects under fresh peer ids renew nothing of what a group has spent', async t => {
  const budget = new Budget(SIZE)
  spend(budget, payer('a'), 10, 0)
  let spent = 0
  for (let i = 0; i < 1_000; i++) spent += spend(budget, { group: 'a', connection: `fresh ${i}` }, 10, i * 10)
  t.ok(spent <= 10 * SIZE.perSecond + 10, `${spent} in 10 s`)
})

test('of fifty connections and a flooding one in a group, each that asks for its share gets it in time', async t => {
  const budget = new Budget(SIZE)
  const flooder = { group: 'a', connection: 'flooder' }
  const honest = Array.from({ length: 50 }, (_, i) => ({ group: 'a', connection: `honest ${i}` }))
  flood(budget, [flooder], 5, 0, 20_000)
  const waiting = new Set(honest)
  let nowMs = 20_000
  for (; waiting.size > 0 && nowMs < 60_000; nowMs += 10) {
    // As those are served who wait: who has used least comes first.
    const asking = budget.inOrder(
      [flooder, ...waiting].map(payer => ({ payer })),
      nowMs
    )
    for (const { payer } of asking) if (budget.admits(payer, 10, nowMs)) waiting.delete(payer)
  }
  t.equal(waiting.size, 0)
  t.ok(nowMs - 20_000 <= 11_000, `${nowMs - 20_000} ms for what takes 5 s by the rate`)
})

test('within a group, a connection that asks for its share gets it at once, beside one that floods', async t => {
  const budget = new Budget(SIZE)
  const [modest, flooder] = ['modest', 'flooder'].map(connection => ({ group: 'a', connection })) as [Payer, Payer]
  flood(budget, [payer('b'), flooder], 5, 0, 20_000)
  let refused = 0
  for (let atMs = 20_000; atMs < 60_000; atMs += 1_000) {
    if (!budget.admits(modest, 20, atMs)) refused++
    flood(budget, [payer('b'), flooder], 5, atMs, atMs + 1_000)
  }
  t.ok(refused <= 2, `${refused} of 40, until the flooder's share was halved`)
})

test('a group has its credit once; then it spends what it earns, and what time restores', async t => {
  const size: BudgetSize = { burst: 100_000, perSecond: 10_000, credit: { burst: 1_000, perSecond: 10 } }
  const budget = new Budget(size)
  t.ok(spend(budget, payer('a'), 50, 0) <= 1_000)
  let spent = 0
  for (let i = 0; i < 1_000; i++) {
    const one = { group: 'a', connection: `fresh ${i}` }
    budget.earn(one, 20, i * 10)
    spent += spend(budget, one, 50, i * 10)
  }
  t.ok(spent <= 1_000 * 20 + 10 * 10 + 50, `${spent}`)
  t.ok(spent >= 1_000 * 20 * 0.9, `${spent}`)
})

test('what a group earns beyond what it has spent is no savings of it', async t => {
  const size: BudgetSize = { burst: 100_000, perSecond: 10_000, credit: { burst: 1_000, perSecond: 10 } }
  const budget = new Budget(size)
  budget.earn(payer('a'), 50_000, 0)
  t.ok(spend(budget, payer('a'), 50, 0) <= 1_000)
})

test('a cost above the burst is admitted once all of the burst is there, and paid back', async t => {
  const budget = new Budget(SIZE)
  t.ok(budget.admits(payer('a'), 1, 0))
  t.notOk(budget.admits(payer('b'), 2_000, 0))
  t.ok(budget.admits(payer('b'), 2_000, 1_000))
  t.notOk(budget.admits(payer('c'), 1, 2_000))
})

function payer(group: string): Payer {
  return { group, connection: `of ${group}` }
}

/** Spends as often as admitted at this moment; returns how much. */
function spend(budget: Budget, one: Payer, cost: number, nowMs: number): number {
  let spent = 0
  while (budget.admits(one, cost, nowMs)) spent += cost
  return spent
}

/** Each asks for as much as it may have, every 10 ms; returns how much they spent together. */
function flood(budget: Budget, payers: Payer[], cost: number, fromMs: number, toMs: number): number {
  let spent = 0
  for (let nowMs = fromMs; nowMs < toMs; nowMs += 10) for (const one of payers) spent += spend(budget, one, cost, nowMs)
  return spent
}
