/** Tells the author of a node program where it breaks the contract (docs/CONTRACT.md). */
import { once } from 'node:events'
import { join } from 'node:path'
import { styleText } from 'node:util'
import type { History } from '../history/history.ts'
import { judge } from '../judge/judge.ts'
import { exitCodeOf, type Judgement } from '../judge/judgement.ts'
import { RULES, type RuleId } from '../judge/rules.ts'
import { printable } from '../printable.ts'
import type { ProgramCommand } from '../runners/registry.ts'
import type { NodeObservation } from '../runners/runner.ts'
import { makeScratch } from '../runners/scratch.ts'
import { type Breach, facts, type TestedNodes } from './facts.ts'
import { openSession } from './session.ts'

/** What ends it early. */
interface Interrupts {
  readonly signal: AbortSignal
  exitCode(): number | undefined
  release(): void
}

const MAX_FAULT_LENGTH = 2_000

const holds = styleText('green', 'ok  ')
const failed = styleText('red', 'FAIL')
const lacks = styleText('yellow', 'lack')

/** Prints what holds and what does not. The exit code: 0 all of it, 1 not all, 3 the program could not be started; after a signal that of the signal, with nothing left behind. */
export async function conformance(command: ProgramCommand, withinMs: number, interrupts: Interrupts): Promise<number> {
  const scratch = makeScratch()
  const session = openSession(command)
  let faults = 0
  let history: History = []
  try {
    const checks = checkFacts({ session, keyFile: join(scratch.path, 'key'), withinMs }, interrupts.signal)
    faults += await Promise.race([checks, untilAborted(interrupts.signal)])
  } finally {
    history = await session.close()
    scratch.remove()
  }
  const interrupted = interrupts.exitCode()
  interrupts.release()
  if (interrupted !== undefined) {
    process.stderr.write('interrupted: nothing was judged\n')
    // The check that was under way goes on for a while.
    process.exit(interrupted)
  }
  const judgement = judge(history)
  faults += printFindings(session.seen) + printBreaches(judgement)
  printNotTried(judgement)
  if (faults > 0) printStderr(session.seen)
  print(faults === 0 ? 'The program keeps the contract.' : `${faults} ${faults === 1 ? 'fault' : 'faults'}.`)
  if (session.seen.some(({ type }) => type === 'spawn-failed')) return exitCodeOf.unknown
  return faults === 0 ? exitCodeOf.pass : exitCodeOf.fail
}

/** No fault is found by waiting. */
async function untilAborted(signal: AbortSignal): Promise<0> {
  if (!signal.aborted) await once(signal, 'abort')
  return 0
}

async function checkFacts(nodes: TestedNodes, interrupt: AbortSignal): Promise<number> {
  let faults = 0
  for (const { says, check, vital, neededFor } of facts) {
    const fault: Breach = await check(nodes)
    if (interrupt.aborted) break
    if (fault === undefined) {
      print(`${holds}  ${says}`)
      continue
    }
    if (neededFor === undefined) faults += 1
    print(neededFor === undefined ? `${failed}  ${says}` : `${lacks}  ${says} (only for ${neededFor})`)
    for (const line of fault.split('\n')) print(`      ${printable(line, MAX_FAULT_LENGTH)}`)
    if (vital) {
      print('      The rest cannot be tried without it.')
      break
    }
  }
  return faults
}

/** Lines that break the contract, whatever they came in between of. */
function printFindings(seen: readonly NodeObservation[]): number {
  const found = seen.filter(observation => observation.type === 'finding')
  for (const { node, finding } of found) {
    print(`${failed}  ${node}, line ${finding.lineNumber}: ${finding.fault}`)
    if (finding.text !== '') print(`      ${finding.text}`)
  }
  return found.length
}

/** What the facts and the list of bad lines tell in other words, and what only scenarios need. */
const TOLD_ELSEWHERE: ReadonlySet<RuleId> = new Set([
  'lines',
  'dialable',
  'same-key',
  'epoch-grows',
  'complete',
  'farewell',
  'answers-dump'
])

/** What is only asked for by runs of a network, in the end. */
const OF_RUNS: ReadonlySet<RuleId> = new Set(['stable', 'equal', 'ghosts'])

/** The rules that every run is judged by. */
function printBreaches({ findings }: Judgement): number {
  const own = findings.filter(({ rule }) => !TOLD_ELSEWHERE.has(rule) && RULES[rule].group !== 'faults')
  for (const { rule, message } of own)
    print(`${failed}  rule ${RULES[rule].number} ${rule}: ${printable(message, MAX_FAULT_LENGTH)}`)
  return own.length
}

function printNotTried({ checks }: Judgement): void {
  const untried = checks.filter(({ rule, status }) => {
    if (TOLD_ELSEWHERE.has(rule)) return false
    return status === 'not-tried' || OF_RUNS.has(rule) || RULES[rule].group === 'faults'
  })
  const names = untried.map(({ rule }) => `${RULES[rule].number} ${rule}`)
  if (names.length > 0) print(`Not tried here: rules ${names.join(', ')}.`)
}

/** The author's own words about what went wrong. */
function printStderr(seen: readonly NodeObservation[]): void {
  for (const observation of seen) {
    if (observation.type !== 'exited' || observation.stderrTail.length === 0) continue
    print(`stderr of ${observation.node} ended with:`)
    for (const line of observation.stderrTail) print(`      ${line}`)
  }
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}
