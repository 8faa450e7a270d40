/** What was found, what follows from it, and every rule with what became of it. */
import type { Check, Finding, Judgement } from '../../judge/judgement.ts'
import { RULES } from '../../judge/rules.ts'
import { amountText, count, seconds } from '../../judge/wording.ts'
import { causeText, findingsOf, ruleText } from '../words/findings.ts'
import { type Markup, markup, nothing } from './markup.ts'

/** Messages of one rule; the rest is in result.json. */
const MAX_MESSAGES = 50
const MAX_OPEN_MESSAGES = 5
const MAX_CONSEQUENCES = 10

export function renderFindings({ findings, excuses }: Judgement): Markup {
  if (findings.length === 0 && excuses.length === 0) return nothing
  const items = findings.slice(0, MAX_MESSAGES).map(
    finding => markup`<li class="fail"><span class="sign" role="img" aria-label="is violated">✗</span><div><span class="name">${ruleText(finding.rule)}</span> ${finding.message}
<p class="soft">${causeText(finding)}, at ${seconds(finding.atMs)}</p>${consequencesOf(finding)}</div></li>
`
  )
  const heard = excuses.slice(0, MAX_MESSAGES).map(({ why }) => why)
  return markup`<section><h2>Findings</h2>
<ul class="checks">
${items}</ul>${findings.length > MAX_MESSAGES ? markup`<p>And ${findings.length - MAX_MESSAGES} more.</p>` : nothing}${
    heard.length === 0 ? nothing : markup`<p>Excused, since it may be due to the host:</p>${messageList(heard)}`
  }</section>`
}

function consequencesOf({ consequences, moreConsequences = 0 }: Finding): Markup {
  if (consequences.length === 0) return nothing
  const shown = consequences
    .slice(0, MAX_CONSEQUENCES)
    .map(({ rule, message }) => markup`<li>${ruleText(rule)}: ${message}</li>`)
  const all = consequences.length + moreConsequences
  const rest = all > shown.length ? `, the first ${shown.length} of them` : ''
  return markup`<details><summary>${amountText(all)} ${all === 1 ? 'consequence' : 'consequences'}${rest}</summary><ul class="messages">${shown}</ul></details>`
}

const signs = {
  pass: ['✓', 'holds'],
  fail: ['✗', 'is violated'],
  unknown: ['?', 'could not be told'],
  'not-tried': ['·', 'was not tried']
} as const

export function renderChecks(judgement: Judgement): Markup {
  const items = judgement.checks.map(({ rule, status, unknown }) => {
    const [sign, text] = signs[status]
    const messages = [...messagesOf(judgement, rule), ...unknown]
    return markup`<li class="${status}"><span class="sign" role="img" aria-label="${text}">${sign}</span><div><span class="name">${ruleText(rule)}</span> <span class="soft">${RULES[rule].asks}</span>${messageList(messages)}</div></li>
`
  })
  return markup`<section><h2>Checks</h2>
<ul class="checks">
${items}</ul></section>`
}

function messagesOf(judgement: Judgement, rule: Check['rule']): string[] {
  return findingsOf(judgement, rule).map(({ message }) => message)
}

function messageList(messages: readonly string[]): Markup {
  if (messages.length === 0) return nothing
  const shown = messages.slice(0, MAX_MESSAGES).map(message => markup`<li>${message}</li>`)
  const list = markup`<ul class="messages">${shown}</ul>`
  if (messages.length <= MAX_OPEN_MESSAGES) return list
  const rest = messages.length > MAX_MESSAGES ? `, the first ${MAX_MESSAGES} of them` : ''
  return markup`<details><summary>${count(messages.length, 'message')}${rest}</summary>${list}</details>`
}
