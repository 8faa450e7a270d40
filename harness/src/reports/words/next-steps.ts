/** What to open, read and type after a run. */
import type { NodeName } from '../../contract.ts'
import type { Network } from '../../history/observed.ts'
import type { Outcome } from '../../judge/judgement.ts'
import { printable } from '../../printable.ts'
import { splitCommand } from '../../split-command.ts'
import type { Judged } from '../judged.ts'
import { culpritOf } from './culprit.ts'

export interface NextStep {
  readonly kind: 'report' | 'log' | 'explain' | 'repeat' | 'smaller'
  /** A path, or a command to be typed as it is; printable. */
  readonly text: string
}

/** Of commands, which may hold whatever the user typed. */
const MAX_COMMAND = 2_000

/**
 * In the order in which they help: the report, the log of the node at fault, its story, the command once more, and one that is
 * tried sooner.
 *
 * @param folder - of the run, as it is to be shown
 * @param smallest - of a failure that was made smaller: the command of the smallest
 */
export function nextStepsOf(judged: Judged, folder: string, smallest?: string): NextStep[] {
  const { network, judgement } = judged
  const node = nodeToLookAt(judged)
  const repeat = network.started?.command
  const smaller = judgement.outcome === 'pass' ? undefined : (smallest ?? smallerCommand(judged))
  return [
    { kind: 'report' as const, text: `${folder}/report.html` },
    ...(node === undefined || isSimulated(network)
      ? []
      : [{ kind: 'log' as const, text: `${folder}/${logName(node)}` }]),
    ...explainSteps(judgement.outcome, folder, node),
    ...(repeat === undefined ? [] : [{ kind: 'repeat' as const, text: repeat }]),
    ...(smaller === undefined ? [] : [{ kind: 'smaller' as const, text: smaller }])
  ].map(step => ({ ...step, text: printable(step.text, MAX_COMMAND) }))
}

/** The name of the file, inside the folder of the run, to which the stderr of a node goes. */
export function logName(node: NodeName): string {
  return `${node}.log`
}

function explainSteps(outcome: Outcome, folder: string, node: NodeName | undefined): NextStep[] {
  if (outcome === 'pass') return []
  return [{ kind: 'explain', text: ['test-network explain', folder, ...(node === undefined ? [] : [node])].join(' ') }]
}

/** The node at fault, or else the one that an unknown run could not tell of. */
export function nodeToLookAt(judged: Judged): NodeName | undefined {
  const culprit = culpritOf(judged)
  if (culprit !== undefined) return culprit.finding.cause.code === 'no-evidence' ? undefined : culprit.node
  if (judged.judgement.outcome === 'pass') return undefined
  const { nodes, live } = judged.network
  // Of what went wrong without a finding: a node that could not be started, or was never ready.
  const lost = [...nodes].find(([, runs]) => {
    const run = runs.at(-1)
    return run !== undefined && !live.has(run) && (run.ready === undefined || run.runnerFailure !== undefined)
  })
  return lost?.[0]
}

/** A simulated node is no process: it writes nothing to stderr. */
export function isSimulated({ started }: Network): boolean {
  return /\s--runner[ =]simulation(\s|$)/.test(started?.command ?? '')
}

/** Fewer nodes than this are no network that could fail like the one that did. */
const MIN_NODES_TO_TRY = 4

/** The same with half of the nodes, down to those that the run was about; undefined if it is small already. */
export function smallerCommand(judged: Judged): string | undefined {
  const { started, nodes } = judged.network
  if (started === undefined || nodes.size <= MIN_NODES_TO_TRY) return undefined
  const { words } = splitCommand(started.command, {})
  if (words === undefined) return undefined
  const size = Math.max(MIN_NODES_TO_TRY, Math.ceil(nodes.size / 2))
  return withNodes(started.command, words, nodes.size, size)
}

/** The command as it was typed, with another number of nodes. */
function withNodes(command: string, words: readonly string[], from: number, to: number): string | undefined {
  const isRun = words[1] === 'run'
  const at = words.indexOf(String(from), isRun ? 3 : 1)
  const before = words[at - 1]
  if (at === -1) return isRun && words[2] !== undefined ? command.replace(words[2], `${words[2]} ${to}`) : undefined
  if (before?.startsWith('--') === true && !SWITCHES.includes(before)) return undefined
  return command.replace(new RegExp(`(?<=\\s)${from}(?=\\s|$)`), String(to))
}

/** Options without a value: the number of nodes may follow them. */
const SWITCHES = ['--json', '--mdns', '--plan']
