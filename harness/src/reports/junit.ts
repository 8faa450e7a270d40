/** The verdict for a CI that reads JUnit's XML: one test case a check; what could not be told is an error. */

import type { History } from '../history/history.ts'
import { networkOf } from '../history/network.ts'
import { type CheckResult, NOT_JUDGED } from '../judge/checks/check.ts'
import { checksOf } from '../judge/judge.ts'
import type { Verdict } from '../judge/verdict.ts'
import { type Markup, markup, nothing, textLines } from './html/markup.ts'

/** Messages in one failure; the rest is in the report. */
const MAX_MESSAGES = 100

export function renderJunit(history: History, verdict: Verdict): string {
  const network = networkOf(history)
  const checks = checksOf(network)
  const suite = `gossip-testbed.${network.started?.scenario ?? 'unknown'}`
  const failures = checks.filter(({ status }) => status === 'fail').length
  const errors = checks.filter(({ status }) => status === 'unknown').length
  const time = (network.nowMs / 1_000).toFixed(3)
  const totals = markup`tests="${checks.length}" failures="${failures}" errors="${errors}" time="${time}"`
  return markup`<?xml version="1.0" encoding="UTF-8"?>
<testsuites ${totals}>
  <testsuite name="${suite}" ${totals} skipped="0" timestamp="${network.started?.startedAt ?? ''}">
    <properties>
      <property name="outcome" value="${verdict.outcome}"/>
      <property name="command" value="${network.started?.command ?? ''}"/>
      <property name="nodes" value="${network.nodes.size}"/>
    </properties>
${checks.map(check => testCase(suite, check, time))}  </testsuite>
</testsuites>
`.markup
}

function testCase(suite: string, result: CheckResult, time: string): Markup {
  const { check, status } = result
  return markup`    <testcase classname="${suite}" name="${check}" time="${time}">${status === 'pass' ? nothing : trouble(result)}</testcase>
`
}

function trouble({ check, status, violations, reasons }: CheckResult): Markup {
  const messages = [...violations.map(({ message }) => message), ...reasons]
  const first = messages[0] ?? NOT_JUDGED
  const message = messages.length > 1 ? `${first} (and ${messages.length - 1} more)` : first
  const shown = textLines([...messages.slice(0, MAX_MESSAGES), ...more(messages.length)])
  if (status === 'fail') return markup`<failure type="${check}" message="${message}">${shown}</failure>`
  return markup`<error type="unknown" message="${message}">${shown}</error>`
}

function more(messages: number): string[] {
  return messages > MAX_MESSAGES ? [`and ${messages - MAX_MESSAGES} more`] : []
}
