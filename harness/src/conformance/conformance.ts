/** Tells the author of a node program where it breaks the contract (docs/CONTRACT.md). */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { styleText } from 'node:util'
import { exitCodeOf } from '../judge/verdict.ts'
import { printable } from '../printable.ts'
import type { ProgramCommand } from '../runners/registry.ts'
import type { NodeObservation } from '../runners/runner.ts'
import { type Fault, facts, type TestedNodes } from './facts.ts'
import { openSession } from './session.ts'

const MAX_FAULT_LENGTH = 2_000

const holds = styleText('green', 'ok  ')
const failed = styleText('red', 'FAIL')
const lacks = styleText('yellow', 'lack')

/** Prints what holds and what does not. The exit code: 0 all of it, 1 not all, 3 the program could not be started. */
export async function conformance(command: ProgramCommand, withinMs: number): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'conformance-'))
  const session = openSession(command)
  let faults = 0
  try {
    faults += await checkFacts({ session, keyFile: join(folder, 'key'), withinMs })
  } finally {
    await session.close()
    await rm(folder, { recursive: true, force: true })
  }
  faults += printFindings(session.seen)
  if (faults > 0) printStderr(session.seen)
  print(faults === 0 ? 'The program keeps the contract.' : `${faults} ${faults === 1 ? 'fault' : 'faults'}.`)
  if (session.seen.some(({ type }) => type === 'spawn-failed')) return exitCodeOf.unknown
  return faults === 0 ? exitCodeOf.pass : exitCodeOf.fail
}

async function checkFacts(nodes: TestedNodes): Promise<number> {
  let faults = 0
  for (const { says, check, vital, neededFor } of facts) {
    const fault: Fault = await check(nodes)
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
