/** `test-network list`: the shipped scenarios, each in a line. */
import { needsOf } from '../../scenario/needs.ts'
import { planScenario } from '../../scenario/planning/plan-scenario.ts'
import { lastsMs } from '../../scenario/planning/timeline.ts'
import { loadScenario, shippedNames } from '../../scenario/shipped.ts'

interface ListedScenario {
  readonly name: string
  readonly about: string
  /** From full books to the end of what happens. */
  readonly lastsSeconds: number
  readonly faults: readonly string[]
  readonly behind: readonly string[]
  readonly can: readonly string[]
}

/** Prints them. The exit code. */
export async function listScenarios(json: boolean): Promise<number> {
  const names = await shippedNames()
  const listed = await Promise.all(names.map(listedScenario))
  process.stdout.write(json ? `${JSON.stringify(listed, null, 2)}\n` : table(listed))
  return 0
}

/** With as many nodes as the scenario itself says. */
async function listedScenario(name: string): Promise<ListedScenario> {
  const scenario = await loadScenario(name)
  const plan = planScenario(scenario, { settleMs: 0 })
  return { name, about: scenario.about, lastsSeconds: lastsMs(plan.steps) / 1_000, ...needsOf(plan) }
}

function table(listed: readonly ListedScenario[]): string {
  const rows = listed.map(({ name, about, lastsSeconds, faults, behind, can }) => [
    name,
    about,
    `${Math.ceil(lastsSeconds)} s`,
    [...faults, ...behind.map(kind => `behind: ${kind}`), ...can.map(word => `program: ${word}`)].join(', ') || '-'
  ])
  const all = [['SCENARIO', 'WHAT HAPPENS', 'LASTS', 'NEEDS'], ...rows]
  const widths = [0, 1, 2].map(column => Math.max(...all.map(row => row[column]!.length)))
  const lines = all.map(row => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '))
  return `${lines.join('\n')}\n\nLASTS: from full books on. To see all of a scenario: test-network run <scenario> --plan\n`
}
