/**
 * The Judgement for a CI server that reads JUnit's XML. Only elements and attributes that the schema of Jenkins has, and with
 * all texts as content too, since GitLab shows nothing else.
 */
import { exitCodeOf } from '../../judge/judgement.ts'
import { type Markup, markup, nothing, textLines } from '../html/markup.ts'
import type { Judged } from '../judged.ts'
import { headline } from '../words/headline.ts'
import { sharingText } from '../words/sharing.ts'
import { amountOf, casesOf, type TestCase } from './cases.ts'

/** Messages in one case; the rest is in the report. */
const MAX_MESSAGES = 100

export function renderJunit(judged: Judged): string {
  const { network, judgement } = judged
  const { started } = network
  const cases = casesOf(judged)
  const suite = `gossip-testbed.${started?.scenario ?? 'unknown'}`
  const totals = markup`tests="${cases.length}" failures="${amountOf(cases, 'fail')}" errors="${amountOf(cases, 'error')}" time="${seconds(network.closed?.atMs ?? network.nowMs)}"`
  return markup`<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="gossip-testbed" ${totals}>
  <testsuite name="${suite}" ${totals} skipped="${amountOf(cases, 'skipped')}" timestamp="${started?.startedAt ?? ''}">
    <properties>
      <property name="outcome" value="${judgement.outcome}"/>
      <property name="exit-code" value="${exitCodeOf[judgement.outcome]}"/>
      <property name="headline" value="${headline(judged)}"/>
      <property name="command" value="${started?.command ?? ''}"/>
      <property name="nodes" value="${network.nodes.size}"/>${sharing(judged)}
    </properties>
${cases.map(each => testCase(suite, each))}  </testsuite>
</testsuites>
`.markup
}

function sharing({ network }: Judged): Markup {
  const text = sharingText(network)
  return text === undefined
    ? nothing
    : markup`
      <property name="shared" value="${text}"/>`
}

function testCase(suite: string, each: TestCase): Markup {
  return markup`    <testcase classname="${suite}" name="${each.name}" time="${seconds(each.timeMs)}">${contentOf(each)}</testcase>
`
}

function contentOf({ asks, status, code, messages }: TestCase): Markup {
  const [first = 'see the other rules', ...others] = messages
  const message = others.length > 0 ? `${first} (and ${others.length} more)` : first
  const more = messages.length > MAX_MESSAGES ? [`and ${messages.length - MAX_MESSAGES} more`] : []
  const lines = [...messages.slice(0, MAX_MESSAGES), ...more]
  switch (status) {
    case 'pass':
      return nothing
    case 'skipped':
      return messages.length === 0
        ? markup`<skipped/>`
        : markup`<skipped message="${message}">${textLines(lines)}</skipped>`
    case 'fail':
      return markup`<failure type="${code ?? 'no-evidence'}" message="${message}">${textLines([...lines, `the rule: ${asks}`])}</failure>`
    case 'error':
      return markup`<error type="unknown" message="${message}">${textLines(lines)}</error>`
  }
}

function seconds(ms: number): string {
  return (ms / 1_000).toFixed(3)
}
