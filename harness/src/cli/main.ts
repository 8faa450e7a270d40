/** What was asked for is done, and told by an exit code; a user never meets a stack trace. */
import { exitCodeOf } from '../judge/judgement.ts'
import { version } from '../version.ts'
import { withoutWorkflowCommands } from './judging/github.ts'
import { watchOutput } from './output.ts'
import { commandTree, parseUsage } from './usage/usage.ts'
import type { Usage } from './usage/usages.ts'

const WRONG_USAGE = 2

/** Exit codes from here on name a signal. */
const FIRST_SIGNAL = 128

/** By name: the published simulator is a bundle, with classes of its own. */
const SCENARIO_ERROR = 'ScenarioError'
const USAGE_ERRORS = ['UsageError', SCENARIO_ERROR, 'UiPortError']

/** The exit code. */
export async function main(argv: readonly string[]): Promise<number> {
  const output = watchOutput(process.stdout, process.stderr)
  // A fault of the harness itself says nothing about the network.
  process.on('uncaughtException', error => {
    complain(error)
    process.exit(exitCodeOf.unknown)
  })
  try {
    const usage = parseUsage(argv, version())
    const texts = isData(usage) ? process.stderr : process.stdout
    const exitCode = await withoutWorkflowCommands(texts, async () => await run(usage, argv))
    const lost = await output.lost()
    // Whoever ended it by a signal is told so by the exit code.
    if (lost === undefined || exitCode >= FIRST_SIGNAL) return exitCode
    complain(new Error(`what was found could not be printed: ${lost}`))
    return exitCodeOf.unknown
  } catch (error) {
    const fault = error as Error
    // Its lines begin with the place in the file, for editors to lead there.
    if (fault.name === SCENARIO_ERROR) process.stderr.write(`${fault.message}\n`)
    else complain(fault)
    return USAGE_ERRORS.includes(fault.name) ? WRONG_USAGE : exitCodeOf.unknown
  }
}

/** Stdout is for a program to read. */
function isData(usage: Usage): boolean {
  if (usage.kind === 'print') return true
  return ('json' in usage && usage.json) || ('format' in usage && usage.format !== undefined && usage.format !== 'text')
}

async function run(usage: Usage, argv: readonly string[]): Promise<number> {
  switch (usage.kind) {
    case 'print':
      process.stdout.write(usage.text)
      return 0
    case 'run':
      return await (await import('./run.ts')).testNetwork(usage, argv)
    case 'scenario':
      return await (await import('./scenarios/run-scenario.ts')).runScenarioCommand(usage, argv)
    case 'explore':
      return await (await import('./scenarios/explore.ts')).exploreCommandLine(usage)
    case 'sweep':
      return await (await import('./comparing/sweep.ts')).sweepCommandLine(usage, argv.slice(1), version())
    case 'compare':
      return await (await import('./comparison/compare.ts')).compareCommandLine(usage, argv.slice(1), version())
    case 'diff':
      return await (await import('./comparing/diff.ts')).diffRuns(usage)
    case 'list':
      return await (await import('./scenarios/list.ts')).listScenarios(usage.json)
    case 'judge':
      return await (await import('./judge.ts')).judgeAgain(usage)
    case 'open':
      return await (await import('./open/open.ts')).openReport(usage)
    case 'completion':
      process.stdout.write(await (await import('./completion/completion.ts')).completionScript(usage.shell))
      return 0
    case 'complete':
      process.stdout.write(
        (await import('./completion/completion.ts')).completionText(commandTree(version()), usage.words)
      )
      return 0
    case 'explain':
      return await (await import('./judging/explain.ts')).explainRun(usage)
    case 'clean':
      await (await import('./clean.ts')).clean(usage)
      return 0
    case 'image':
      return await writeImage(usage)
    case 'conformance':
      return await checkConformance(usage)
  }
}

async function writeImage({ file, name }: Extract<Usage, { kind: 'image' }>): Promise<number> {
  const { writeOwnImage } = await import('../runners/kubernetes/image/own-image.ts')
  const image = await writeOwnImage(file, name, line => void process.stderr.write(`${line}\n`))
  process.stdout.write(`${image}\n`)
  return 0
}

async function checkConformance({ program, withinMs }: Extract<Usage, { kind: 'conformance' }>): Promise<number> {
  const { catchInterrupts } = await import('./interrupts.ts')
  const { conformance } = await import('../conformance/conformance.ts')
  return await conformance(program, withinMs, catchInterrupts())
}

function complain(error: Error): void {
  process.stderr.write(`test-network: ${error.message}\n`)
  if (process.env.DEBUG !== undefined) process.stderr.write(`${error.stack}\n`)
}
