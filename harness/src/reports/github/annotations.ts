/** The outcome as annotations, which GitHub shows beside the job and the changed files: one workflow command a line. */
import { printable } from '../../printable.ts'
import { splitCommand } from '../../split-command.ts'
import type { Judged } from '../judged.ts'
import { ruleText } from '../words/findings.ts'
import { doubtsOf, headline } from '../words/headline.ts'
import { commandData, commandProperty } from './escaping.ts'

/** GitHub shows ten annotations of each kind for a step, and drops the rest. */
const MAX_ANNOTATIONS = 10
const MAX_TEXT = 1_000

/** An error for the outcome and each finding, or a warning for each doubt; of a run that passed none. BOUNDED by MAX_ANNOTATIONS. */
export function annotationsOf(judged: Judged): string[] {
  const { network, judgement } = judged
  const { outcome, findings } = judgement
  if (outcome === 'pass') return []
  const kind = outcome === 'fail' ? 'error' : 'warning'
  const found = findings.map(({ rule, message }) => ({ title: ruleText(rule), message }))
  const doubts = doubtsOf(judgement).map(message => ({ title: 'could not be told', message }))
  const all = [
    { title: `test-network: ${outcome.toUpperCase()}`, message: headline(judged) },
    ...(outcome === 'fail' ? found : doubts)
  ]
  const file = scenarioFile(network.started?.command)
  return all.slice(0, MAX_ANNOTATIONS).map(({ title, message }) => {
    const properties = [
      ...(file === undefined ? [] : [`file=${commandProperty(file)}`]),
      `title=${commandProperty(title)}`
    ]
    return `::${kind} ${properties.join(',')}::${commandData(printable(message, MAX_TEXT))}`
  })
}

/** A scenario that is a file of the user's repository; the shipped ones are none. */
function scenarioFile(command = ''): string | undefined {
  const { words = [] } = splitCommand(command, {})
  const [, verb, scenario = ''] = words
  return verb === 'run' && /\.ya?ml$/i.test(scenario) && !scenario.startsWith('/')
    ? printable(scenario, 200).replace(/^\.\//, '')
    : undefined
}
