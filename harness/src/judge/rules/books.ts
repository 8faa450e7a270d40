/** Rules on one book over time: it never goes back, and the events of its node give it. */

import { liveRuns } from '../../history/network.ts'
import type { Network, Version } from '../../history/observed.ts'
import { type Found, type Ruling, shown, whose } from '../ruling.ts'
import { nameList, peerName, seconds } from '../wording.ts'

type Regression = Network['breaches']['regressions'][number]

type MonotoneRule = 'epoch-grows' | 'never-back' | 'news-only'

export function regressions(rule: MonotoneRule) {
  return (network: Network): Ruling => {
    const all = network.breaches.regressions.filter(each => ruleOf(network, each) === rule)
    const byPair = Map.groupBy(all, ({ run, peerId }) => `${run.node} ${run.run} ${peerId}`)
    const found = [...byPair.values()].map((same): Found => {
      const [first] = same
      const { run, peerId, atMs } = first!
      const owner = network.owners.get(peerId)
      return {
        rule,
        ...whose(run),
        ...(owner !== undefined && owner.node !== run.node && { subject: owner.node }),
        atMs,
        message: `${messageOf(network, first!)}, at ${seconds(atMs)}`,
        cause: {
          code: 'lied',
          confidence: 'shown',
          evidence: shown(...same.slice(0, 10).flatMap(({ earlier, line }) => [earlier, line]))
        }
      }
    })
    return { found, unknown: [] }
  }
}

function ruleOf(network: Network, { run, peerId, gone }: Regression): MonotoneRule {
  if (gone !== undefined) return 'news-only'
  return network.owners.get(peerId)?.node === run.node ? 'epoch-grows' : 'never-back'
}

function messageOf(network: Network, { run, peerId, from, to, gone }: Regression): string {
  const peer = peerName(network, peerId)
  if (gone !== undefined)
    return `${run.node} listed ${peer} again, which had ${gone} there, with nothing newer: ${versionText(to)} after ${versionText(from)}`
  return `${run.node} went back from ${versionText(from)} to ${versionText(to)} of ${peer}`
}

function versionText({ epoch, seq }: Version): string {
  return `epoch ${epoch} seq ${seq}`
}

export function bookAsTold(network: Network): Ruling {
  const byPair = Map.groupBy(network.breaches.discrepancies, ({ run, peerId }) => `${run.node} ${run.run} ${peerId}`)
  const single = [...byPair.values()].map((same): Found => {
    const { run, peerId, what, atMs, line } = same[0]!
    const owner = network.owners.get(peerId)
    return {
      rule: 'book-as-told',
      ...whose(run),
      ...(owner !== undefined && owner.node !== run.node && { subject: owner.node }),
      atMs,
      message: `${run.node} about ${peerName(network, peerId)}: ${what} (${seconds(atMs)})`,
      cause: {
        code: 'events-differ-from-book',
        confidence: 'shown',
        evidence: shown(run.firstListings.get(peerId)?.line, run.departed.get(peerId)?.line, line)
      }
    }
  })
  const byRun = [...Map.groupBy(single, ({ node, run }) => `${node} ${run}`).values()]
  const found = byRun.map(parts => (parts.length === 1 ? parts[0]! : { ...parts[0]!, parts }))
  const unasked = liveRuns(network).filter(run => run.dump === undefined && !run.dumpRequested)
  const outdated = liveRuns(network).filter(run => run.dump === undefined && run.dumpRequested)
  return {
    found,
    unknown: [
      ...(outdated.length > 0
        ? [`${namesOf(outdated)} did not answer \`dump\` with the final book: its log may say why`]
        : []),
      ...(unasked.length > 0
        ? [`of ${namesOf(unasked)} no final book is known: its last events were not followed by a \`book\` line`]
        : [])
    ]
  }
}

function namesOf(runs: readonly { node: string }[]): string {
  return nameList(runs.map(({ node }) => node))
}
