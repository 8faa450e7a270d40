/**
 * Whether nodes that share processes show what nodes with processes of their own show:
 * `node --conditions=@gossip/source harness/bench/sharing/compare-sharing.ts [runs] [nodes] [nodes in a process]`.
 *
 * Runs of both kinds take turns, so that both see the same host. Exit code 0 if the medians agree, 1 if they do not.
 */

import { sharedCommand } from '../../src/runners/program/own-command.ts'
import type { Runner } from '../../src/runners/runner.ts'
import { createSharedRunner } from '../../src/runners/shared/shared-runner.ts'
import { medianOf } from '../../src/statistics/median.ts'
import { createOwnRunner } from '../own-program.ts'
import { FIGURES, type FigureOfSharing, type Kind, measureOnce, type Values } from './figures-of-sharing.ts'

const [runs = 10, nodes = 50, perProcess = 25] = process.argv.slice(2).map(Number)

/** By how much the medians of both may differ. */
const MAX_DIFFERENCE = 0.15

const interrupt = new AbortController()
process.once('SIGINT', () => interrupt.abort(new Error('interrupted')))

const say = (line: string) => void process.stderr.write(`${line}\n`)
const runners: Record<Kind, Runner> = {
  own: await createOwnRunner(() => undefined, say),
  shared: createSharedRunner({ command: await sharedCommand(say), processes: Math.ceil(nodes / perProcess) })
}
const values: Record<Kind, Values[]> = { own: [], shared: [] }
try {
  for (let run = 0; run < runs; run++) {
    // Whichever comes first finds the host as the other one left it: they take turns in that, too.
    for (const kind of run % 2 === 0 ? (['own', 'shared'] as const) : (['shared', 'own'] as const)) {
      values[kind].push(await measureOnce(runners[kind], nodes, interrupt.signal))
      say(`run ${run + 1} of ${runs}, ${kind}`)
    }
  }
} finally {
  for (const runner of Object.values(runners)) await runner.close()
}
const rows = FIGURES.map(figure => ({ figure, agrees: printRow(figure) }))
process.exitCode = rows.every(({ figure, agrees }) => agrees || figure.isOfProcessor) ? 0 : 1

/** Whether the medians agree. */
function printRow({ id, what, isOfProcessor }: FigureOfSharing): boolean {
  const [own, shared] = [values.own, values.shared].map(all => medianOf(all.map(each => each[id])))
  const difference = shared! / own! - 1
  const agrees = Math.abs(difference) < MAX_DIFFERENCE
  const verdict = isOfProcessor ? 'made of processor time' : agrees ? 'agrees' : 'DIFFERS'
  const percent = `${(100 * difference).toFixed(1)} %`
  process.stdout.write(
    `${what.padEnd(58)} own ${own!.toFixed(2).padStart(9)}  shared ${shared!.toFixed(2).padStart(9)}  ${percent.padStart(8)}  ${verdict}\n`
  )
  return agrees
}
