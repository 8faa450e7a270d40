/**
 * A process that runs test files again and again, each time with another mutant: to start a process and load tap and the
 * sources takes longer than most files. It serves its parent until the parent ends it.
 */
import { registerHooks } from 'node:module'
import { pathToFileURL } from 'node:url'
import type { Answer, Order } from './workers.ts'

/** What Stryker's instrumented code reads and writes. */
interface Instrumented {
  activeMutant?: string | undefined
  currentTestId?: string | undefined
  mutantCoverage?: { static: Record<string, number>; perTest: Record<string, Record<string, number>> }
}

const instrumented: Instrumented = {}
Object.assign(globalThis, { __stryker__: instrumented })

const STAND_IN = new URL('tap-of-worker.ts', import.meta.url).href
registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'tap' && context.parentURL !== STAND_IN
      ? { url: STAND_IN, shortCircuit: true }
      : next(specifier, context)
})
const { newRoot } = await import('./tap-of-worker.ts')

let runs = 0
let isBroken = false
process.on('uncaughtException', () => {
  isBroken = true
})
process.on('message', async (order: Order) => {
  process.send!(await carryOut(order))
})
process.send!({ type: 'ready' })

async function carryOut({ test, mutant }: Order): Promise<Answer> {
  isBroken = false
  instrumented.activeMutant = mutant
  const root = newRoot(test, () => {
    instrumented.currentTestId = test
  })
  const ended = new Promise(resolve => root.on('complete', resolve))
  try {
    // The same file once more is another module.
    await import(`${pathToFileURL(test)}?run=${runs++}`)
  } catch {
    isBroken = true
  }
  root.end()
  await ended
  instrumented.currentTestId = undefined
  const { static: atLoad = {}, perTest = {} } = instrumented.mutantCoverage ?? {}
  return {
    type: 'answer',
    isPassed: !isBroken && root.passing() && root.counts.total > 0,
    covered: Object.keys(perTest[test] ?? {}),
    coveredAtLoad: Object.keys(atLoad)
  }
}
