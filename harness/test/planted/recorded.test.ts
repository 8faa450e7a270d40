/** The judge reads no clock and no chance: of a history that was stored, it finds what it found when it was written. */
import { test } from 'tap'
import { judge } from '../../src/judge/judge.ts'
import { outlineOf, recordedNames, storedHistory, storedJudgements } from './recorded.ts'
import { CORRECT, isAsPlanted, PLANTED } from './table.ts'

const names = await recordedNames()
const judgements = await storedJudgements()

for (const name of names) {
  test(`the stored run of ${name} is judged as it was`, async t => {
    const judgement = judge(await storedHistory(name))
    t.strictSame(outlineOf(judgement), judgements[name])
    if (Object.hasOwn(PLANTED, name)) t.ok(isAsPlanted(name)(judgement), 'what was planted is found first')
    else t.equal(judgement.outcome, 'pass')
  })
}

test('a run of each planted node, and of the correct one in each scenario, is stored', async t => {
  t.equal(names.length, Object.keys(PLANTED).length + Object.keys(CORRECT).length)
  t.strictSame(names.toSorted(), Object.keys(judgements).toSorted())
})
