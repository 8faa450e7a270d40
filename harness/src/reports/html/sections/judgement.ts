/** What was found, what follows from it, and every rule with what became of it. */
import type { Check, Finding, Judgement } from '../../../judge/judgement.ts'
import { RULES } from '../../../judge/rules.ts'
import { amountText, count, seconds } from '../../../judge/wording.ts'
import type { Judged } from '../../judged.ts'
import { causeText, findingsOf, ruleText } from '../../words/findings.ts'
import { type Markup, markup, nothing } from '../markup.ts'
import { renderEvidence } from './evidence.ts'
import { folded, forNodes, forRule, type Numbers } from './filtered.ts'

/** Messages of one rule; the rest is in result.json. */
const MAX_MESSAGES = 50
const MAX_OPEN_MESSAGES = 5

/** Findings before the fold. */
const SHOWN = 5

const MAX_CONSEQUENCES = 10

export function renderFindings(judged: Judged, numbers: Numbers): Markup {
  const { findings, excuses } = judged.judgement
  if (findings.length === 0 && excuses.length === 0) return nothing
  const items = findings.slice(0, MAX_MESSAGES).map(finding => renderFinding(judged, finding, numbers))
  const heard = excuses.slice(0, MAX_MESSAGES).map(({ why }) => why)
  return markup`<h2>Findings</h2>
${folded(items, SHOWN, checkList, 'findings')}${findings.length > MAX_MESSAGES ? markup`<p>And ${findings.length - MAX_MESSAGES} more.</p>` : nothing}${
  heard.length === 0 ? nothing : markup`<p>Excused, since it may be due to the host:</p>${messageList(heard)}`
}`
}

function renderFinding(judged: Judged, finding: Finding, numbers: Numbers): Markup {
  const { rule, node, subject, message, atMs, consequences } = finding
  const about = [node, ...(subject === undefined ? [] : [subject]), ...consequences.map(each => each.node)]
  return markup`<li class="fail"${forNodes(numbers, about)}${forRule(rule)}><span class="sign" role="img" aria-label="is violated">✗</span><div><span class="name">${ruleText(rule)}</span> ${message}
<p class="soft">${causeText(finding)}, at ${seconds(atMs)}</p>${renderEvidence(judged, finding, 'closed')}${consequencesOf(finding)}</div></li>
`
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

const WORST_FIRST: readonly Check['status'][] = ['fail', 'unknown', 'pass', 'not-tried']

/** Broken rules first, since they are what one looks for. */
export function renderChecks(judgement: Judgement): Markup {
  const sorted = judgement.checks.toSorted((a, b) => WORST_FIRST.indexOf(a.status) - WORST_FIRST.indexOf(b.status))
  const broken = sorted.filter(({ status }) => status === 'fail' || status === 'unknown').length
  const items = sorted.map(check => renderCheck(judgement, check))
  const amounts = WORST_FIRST.flatMap(status => {
    const amount = judgement.checks.filter(check => check.status === status).length
    return amount === 0 ? [] : [`${amount} ${AMOUNT_WORDS[status]}`]
  })
  return markup`<h2>Checks</h2>
<p class="soft">${amounts.join(', ')}.</p>
${folded(items, broken, checkList, broken === 0 ? 'checks' : 'checks, none of them violated')}`
}

function renderCheck(judgement: Judgement, { rule, status, unknown }: Check): Markup {
  const [sign, text] = signs[status]
  const found = findingsOf(judgement, rule).map(({ message }) => message)
  return markup`<li class="${status}"${forRule(rule)}><span class="sign" role="img" aria-label="${text}">${sign}</span><div><span class="name">${ruleText(rule)}</span> <span class="soft">${RULES[rule].asks}</span>${messageList([...found, ...unknown])}</div></li>
`
}

function checkList(items: readonly Markup[]): Markup {
  return markup`<ul class="checks">
${items}</ul>`
}

const AMOUNT_WORDS = { fail: 'violated', unknown: 'not to be told', pass: 'hold', 'not-tried': 'not tried' } as const

function messageList(messages: readonly string[]): Markup {
  if (messages.length === 0) return nothing
  const shown = messages.slice(0, MAX_MESSAGES).map(message => markup`<li>${message}</li>`)
  const list = markup`<ul class="messages">${shown}</ul>`
  if (messages.length <= MAX_OPEN_MESSAGES) return list
  const rest = messages.length > MAX_MESSAGES ? `, the first ${MAX_MESSAGES} of them` : ''
  return markup`<details><summary>${count(messages.length, 'message')}${rest}</summary>${list}</details>`
}
