/** Reports of what the simulator's own witness saw, where the history does not show it: of large networks, above all. */
import { type Markup, markup, nothing, textLines } from '../reports/html/markup.ts'
import { renderSimulation, whyNot } from './report.ts'
import type { SimulationResult } from './summary.ts'

/** As it is run by somebody else: the name of a scenario, and how many nodes it has. */
export interface Witnessed {
  readonly scenario: string
  readonly nodes: number
  readonly result: SimulationResult
}

/** One test case: the simulation. What could not be told is an error. */
export function renderWitnessJunit({ scenario, nodes, result }: Witnessed): string {
  const { outcome } = result.verdict
  const time = (result.virtualMs / 1_000).toFixed(3)
  const totals = markup`tests="1" failures="${Number(outcome === 'fail')}" errors="${Number(outcome === 'unknown')}" time="${time}"`
  const suite = `gossip-testbed.${scenario}`
  return markup`<?xml version="1.0" encoding="UTF-8"?>
<testsuites ${totals}>
  <testsuite name="${suite}" ${totals} skipped="0">
    <properties>
      <property name="outcome" value="${outcome}"/>
      <property name="command" value="${result.command}"/>
      <property name="nodes" value="${nodes}"/>
    </properties>
    <testcase classname="${suite}" name="simulation" time="${time}">${trouble(result)}</testcase>
  </testsuite>
</testsuites>
`.markup
}

/** The summary of the terminal on a page that loads nothing. */
export function renderWitnessHtml({ scenario, nodes, result }: Witnessed): string {
  const title = `${result.verdict.outcome.toUpperCase()} ${scenario}, ${nodes} simulated nodes`
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'">
<title>${title}</title>
</head>
<body>
<h1>${title}</h1>
<pre>${textLines(renderSimulation(result).split('\n'))}</pre>
</body>
</html>
`.markup
}

function trouble(result: SimulationResult): Markup {
  const reasons = whyNot(result)
  const text = textLines(reasons)
  const [first = ''] = reasons
  if (result.verdict.outcome === 'fail') return markup`<failure type="simulation" message="${first}">${text}</failure>`
  return result.verdict.outcome === 'unknown'
    ? markup`<error type="unknown" message="${first}">${text}</error>`
    : nothing
}
