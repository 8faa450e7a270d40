/** The Judgement for a CI that reads JUnit's XML: one test case a rule; what could not be told is an error. */

import type { Check, Judgement } from '../judge/judgement.ts'
import { type Markup, markup, nothing, textLines } from './html/markup.ts'
import type { Judged } from './judged.ts'
import { findingsOf, ruleText } from './words/findings.ts'

/** Messages in one failure; the rest is in the report. */
const MAX_MESSAGES = 100

export function renderJunit({ network, judgement }: Judged): string {
  const { checks } = judgement
  const suite = `gossip-testbed.${network.started?.scenario ?? 'unknown'}`
  const amount = (wanted: Check['status']) => checks.filter(({ status }) => status === wanted).length
  const time = (network.nowMs / 1_000).toFixed(3)
  const totals = markup`tests="${checks.length}" failures="${amount('fail')}" errors="${amount('unknown')}" time="${time}"`
  return markup`<?xml version="1.0" encoding="UTF-8"?>
<testsuites ${totals}>
  <testsuite name="${suite}" ${totals} skipped="${amount('not-tried')}" timestamp="${network.started?.startedAt ?? ''}">
    <properties>
      <property name="outcome" value="${judgement.outcome}"/>
      <property name="command" value="${network.started?.command ?? ''}"/>
      <property name="nodes" value="${network.nodes.size}"/>
    </properties>
${checks.map(check => testCase(suite, judgement, check, time))}  </testsuite>
</testsuites>
`.markup
}

function testCase(suite: string, judgement: Judgement, check: Check, time: string): Markup {
  return markup`    <testcase classname="${suite}" name="${ruleText(check.rule)}" time="${time}">${contentOf(judgement, check)}</testcase>
`
}

function contentOf(judgement: Judgement, { rule, status, unknown }: Check): Markup {
  if (status === 'pass') return nothing
  if (status === 'not-tried') return markup`<skipped/>`
  const found = findingsOf(judgement, rule)
  const messages = status === 'fail' ? found.map(({ message }) => message) : unknown
  const first = messages[0] ?? 'see the other rules'
  const message = messages.length > 1 ? `${first} (and ${messages.length - 1} more)` : first
  const shown = textLines([...messages.slice(0, MAX_MESSAGES), ...more(messages.length)])
  if (status === 'fail') {
    return markup`<failure type="${found[0]?.cause.code ?? 'no-evidence'}" message="${message}">${shown}</failure>`
  }
  return markup`<error type="unknown" message="${message}">${shown}</error>`
}

function more(messages: number): string[] {
  return messages > MAX_MESSAGES ? [`and ${messages - MAX_MESSAGES} more`] : []
}
