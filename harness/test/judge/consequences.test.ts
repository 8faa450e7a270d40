/** What a broken rule brings with it is told under it, and what has nothing to do with it beside it. */
import { test } from 'tap'
import { withConsequences } from '../../src/judge/consequences.ts'
import type { RuleId } from '../../src/judge/rules.ts'
import type { Found } from '../../src/judge/ruling.ts'

function found(rule: RuleId, node: string, more: Partial<Found> = {}): Found {
  const cause = { code: 'lied', confidence: 'shown', evidence: [1] } as const
  return { rule, node, run: 1, atMs: 1_000, message: `${rule} of ${node}`, cause, ...more }
}

/** `cause: consequence, ...`, in the order in which they are told. */
function told(all: readonly Found[]): string[] {
  return withConsequences(all).map(({ rule, node, consequences }) =>
    [`${rule} ${node}`, ...consequences.map(each => `${each.rule} ${each.node}`)].join(', ')
  )
}

/** Each first one breaks the network in a way that shows as the second one, too. */
const BRINGS: readonly (readonly [RuleId, RuleId])[] = [
  ['lines', 'gone-listed'],
  ['ready-in-time', 'answers-dump'],
  ['ready-name', 'equal'],
  ['ready-addrs', 'dialable'],
  ['dialable', 'complete'],
  ['epoch-is-start', 'never-back'],
  ['ready-again', 'equal'],
  ['own-peer-id', 'not-itself'],
  ['same-key', 'ghosts'],
  ['epoch-grows', 'never-back'],
  ['announced-grows', 'seq-said'],
  ['not-itself', 'book-as-told'],
  ['joined-once', 'hash'],
  ['updated-listed', 'complete'],
  ['gone-listed', 'ghosts'],
  ['never-back', 'seq-said'],
  ['news-only', 'seq-said'],
  ['seq-said', 'equal'],
  ['answers-dump', 'complete'],
  ['book-as-told', 'complete'],
  ['complete', 'hash'],
  ['strangers', 'hash'],
  ['ghosts', 'notices'],
  ['no-drops', 'complete'],
  ['equal', 'hash'],
  ['alive', 'leaves-nothing'],
  ['exit-code', 'leaves-nothing'],
  ['ends-on-sigterm', 'ends-in-time'],
  ['ends-in-time', 'leaves-nothing'],
  ['farewell', 'hash']
]

test('what follows is told under its cause if it is of the same node or about it, in whichever order it was found', async t => {
  for (const [cause, consequence] of BRINGS) {
    const [first, own, about] = [found(cause, 'a'), found(consequence, 'a'), found(consequence, 'b', { subject: 'a' })]
    t.same(told([first, own]), [`${cause} a, ${consequence} a`])
    t.same(told([about, first]), [`${cause} a, ${consequence} b`])
    const parts = [found(consequence, 'b'), found(consequence, 'b', { subject: 'a' })]
    t.match(told([found(consequence, 'b', { parts }), first]), [`${cause} a, ${consequence} b`], 'one part is enough')
  }
})

test('what is of another node, or no consequence of such a breach, is told beside it', async t => {
  for (const [cause, consequence] of BRINGS) {
    t.same(told([found(cause, 'a'), found(consequence, 'b', { subject: 'c' })]).length, 2, `${cause} ${consequence}`)
  }
  t.equal(told([found('exit-code', 'a'), found('complete', 'a')]).length, 2)
  t.equal(told([found('alive', 'a'), found('bytes', 'a')]).length, 2)
})

test('what is of the network as a whole follows from whatever else is wrong, and stands alone if nothing is', async t => {
  for (const rule of ['stable', 'steps', 'converges', 'reconverges'] as const) {
    t.same(told([found(rule, 'a'), found('lines', 'b')]), [`lines b, ${rule} a`])
    t.same(told([found(rule, 'a')]), [`${rule} a`])
  }
})

test('a hundred consequences are kept, and the others counted', async t => {
  const under = (amount: number) => {
    const all = Array.from({ length: amount }, () => found('complete', 'a'))
    const [cause] = withConsequences([found('alive', 'a'), ...all])
    return [cause!.consequences.length, cause!.moreConsequences]
  }
  t.same(under(100), [100, undefined])
  t.same(under(101), [100, 1])
  t.notOk('moreConsequences' in withConsequences([found('alive', 'a')])[0]!)
})
