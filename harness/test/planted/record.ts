/**
 * `node --conditions=@gossip/source harness/test/planted/record.ts [name...]`: runs the planted programs and the correct one,
 * and stores each history in `recorded/`, with what is judged of it. Without names all of them: that takes minutes.
 */
import { mkdir, writeFile } from 'node:fs/promises'
import { judge } from '../../src/judge/judge.ts'
import type { Judgement } from '../../src/judge/judgement.ts'
import { JUDGEMENTS, outlineOf, pathOf, storedJudgements } from './recorded.ts'
import { historyOf } from './run.ts'
import { coldStart, PLANTED_AT, planOf, type ShortScenario } from './scenarios.ts'
import { CORRECT, isAsPlanted, PLANTED } from './table.ts'

/** A host with other work may excuse what was planted. */
const MAX_TRIES = 10

interface Recorded {
  readonly program: string
  readonly plantedAt: string | undefined
  readonly deadlineMs: number
  readonly scenario: ShortScenario
  readonly isWanted: (judgement: Judgement) => boolean
}

await mkdir(new URL('.', pathOf('')), { recursive: true })
const judgements = await storedJudgements()
const wanted = process.argv.slice(2)
for (const [name, recorded] of Object.entries(all())) {
  if (wanted.length === 0 || wanted.includes(name)) judgements[name] = await record(name, recorded)
}
await writeFile(JUDGEMENTS, `${JSON.stringify(judgements, undefined, 1)}\n`)

function all(): Record<string, Recorded> {
  const planted = Object.entries(PLANTED).map(([program, { deadlineMs = 4_000, scenario = coldStart }]) => {
    return [program, { program, plantedAt: PLANTED_AT, deadlineMs, scenario, isWanted: isAsPlanted(program) }]
  })
  const correct = Object.entries(CORRECT).map(([what, scenario]) => {
    const isWanted = ({ outcome }: Judgement) => outcome === 'pass'
    const name = `correct, ${what}`.replaceAll(/\W+/g, '-')
    return [name, { program: 'correct', plantedAt: undefined, deadlineMs: 20_000, scenario, isWanted }]
  })
  return Object.fromEntries([...planted, ...correct])
}

/** @throws {Error} when no run shows what is wanted */
async function record(name: string, { program, plantedAt, deadlineMs, scenario, isWanted }: Recorded) {
  for (let tries = 1; tries <= MAX_TRIES; tries++) {
    const history = await historyOf(planOf(program, deadlineMs, scenario), plantedAt)
    const judgement = judge(history)
    if (!isWanted(judgement)) continue
    await writeFile(pathOf(name), history.map(event => `${JSON.stringify(event)}\n`).join(''))
    return outlineOf(judgement)
  }
  throw new Error(`${name}: none of ${MAX_TRIES} runs shows what was planted`)
}
