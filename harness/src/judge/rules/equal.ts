/** Equal: books say of a node what it says of itself, and equal books have equal hashes. */
import { differingFields } from '../../history/fold/agreement.ts'
import { heldBook, liveRuns } from '../../history/network.ts'
import type { Network, NodeRun, Said } from '../../history/observed.ts'
import { printable } from '../../printable.ts'
import { type BlamedWords, blameWords, type FalseWord, subjectsOf } from '../causes/introducers.ts'
import { atTheEnd, eventually } from '../owed.ts'
import { type Found, type Ruling, shown, whose } from '../ruling.ts'
import { count, inOrder, nameList } from '../wording.ts'

export function equal(network: Network): Ruling {
  const words = liveRuns(network).flatMap(observer => differencesIn(network, observer))
  const [stale, lies] = [words.filter(word => word.isStale), words.filter(word => !word.isStale)]
  const listers = ({ ready }: NodeRun) => liveRuns(network).filter(run => heldBook(run).has(ready!.peerId)).length
  const blamed = [...blameWords(network, lies, listers), ...blameStale(stale)]
  return eventually(
    network,
    blamed.map(each => foundIn(network, each)),
    `${count(words.length, 'value')} not as the node itself says`
  )
}

interface Difference extends FalseWord {
  readonly text: string
  /** The subject said so before. */
  readonly isStale: boolean
}

function differencesIn(network: Network, observer: NodeRun): Difference[] {
  if (observer.dump === undefined && observer.agreeing === observer.book.size) return []
  return [...heldBook(observer)].flatMap(([peerId, entry]) => {
    const subject = network.owners.get(peerId)
    if (subject === undefined || subject === observer || !network.live.has(subject)) return []
    const listed = complete(entry)
    const fields = differingFields(observer, listed, subject)
    if (fields.length === 0) return []
    const text = fields.map(field => differenceOf(field, listed, subject)).join(', and with ')
    const line = observer.book.get(peerId)?.line ?? observer.lines.book ?? network.line
    return [{ observer, subject, word: text, text, line, isStale: wasSaid(network, observer, listed, subject) }]
  })
}

function complete({ name = '', addrs = [], epoch = 0, seq = 0 }: Partial<Said>): Said {
  return { name, addrs, epoch, seq }
}

function wasSaid(network: Network, observer: NodeRun, listed: Said, subject: NodeRun): boolean {
  const earlier = network.nodes
    .get(subject.node)!
    .flatMap(run => [...run.saidBefore, ...(run.ready === undefined ? [] : [run.ready])])
  return earlier.some(ready => differingFields(observer, listed, { ...subject, ready }).length === 0)
}

function differenceOf(field: ReturnType<typeof differingFields>[number], listed: Said, { ready }: NodeRun): string {
  const said = ready!
  if (field === 'epoch') return `epoch ${listed.epoch} instead of ${said.epoch}`
  if (field === 'name') return `name ${quoted(listed.name)} instead of ${quoted(said.node)}`
  return `addresses ${addrList(listed.addrs)} instead of ${addrList(said.addrs)}`
}

/** Nobody lied: the news did not come. Whom it comes from is asked first, if nobody has it. */
function blameStale(words: readonly FalseWord[]): BlamedWords[] {
  return [...Map.groupBy(words, ({ subject }) => subject)].map(([subject, same]) => {
    const { saidAtMs = 0, lastAnnouncedAtMs = Number.NEGATIVE_INFINITY, maxRecipients } = subject
    const hasSent = lastAnnouncedAtMs >= saidAtMs && maxRecipients > 0
    const evidence = shown(subject.lines.ready, ...same.slice(0, 10).map(({ line }) => line))
    const blamed = same.length > 1 ? subject : same[0]!.observer
    const cause = hasSent
      ? ({
          code: 'not-delivered',
          confidence: 'likely',
          evidence: shown(...evidence, subject.lines.announced)
        } as const)
      : ({ code: 'no-evidence', confidence: 'cannot-tell', evidence } as const)
    return { blamed, cause, words: same }
  })
}

function foundIn(network: Network, { blamed, cause, words }: BlamedWords): Found {
  const parts = (words as readonly Difference[]).map(({ observer, subject, text, isStale }): Found => {
    return {
      rule: 'equal',
      ...whose(blamed),
      subject: blamed === observer ? subject.node : observer.node,
      atMs: network.nowMs,
      message: `${observer.node} lists ${subject.node} with ${text}`,
      cause,
      // News may be late. What the subject never said was not made by any lateness.
      ...(isStale && { excusable: atTheEnd(network, observer.node, subject.node) })
    }
  })
  if (parts.length === 1) return parts[0]!
  const observers = nameList(inOrder([...new Set(words.map(({ observer }) => observer.node))]))
  const verb = words.some(({ observer }) => observer !== words[0]!.observer) ? 'list' : 'lists'
  const first = (words[0] as Difference).text
  return { ...parts[0]!, message: `${observers} ${verb} ${nameList(inOrder(subjectsOf(words)))} with ${first}`, parts }
}

function quoted(text: string): string {
  return `'${printable(text, 64)}'`
}

function addrList(addrs: readonly string[]): string {
  if (addrs.length === 0) return 'none'
  const sorted = [...addrs].sort().slice(0, 2)
  const texts = sorted.map(addr => printable(addr, 80))
  return addrs.length > 2 ? `${texts.join(' ')} and ${addrs.length - 2} more` : texts.join(' ')
}

/** A little may be on its way from the author's stdout; the rest was never said. */
const MAX_UNSAID = 16

export function seqSaid(network: Network): Ruling {
  const runs = [...network.nodes.values()].flat()
  if (!network.announces) return { found: [], unknown: [], notTried: 'no node writes `announced` lines' }
  const words = runs.flatMap(observer =>
    [...observer.claims].flatMap(([peerId, { epoch, seq, line }]): (FalseWord & { seq: number; atMs: number })[] => {
      const subject = network.owners.get(peerId)
      if (subject === undefined || subject.announcements === 0 || subject.ready?.epoch !== epoch) return []
      if (seq <= subject.maxAnnouncedSeq + MAX_UNSAID) return []
      return [{ observer, subject, word: 'seq', line, seq, atMs: observer.claims.get(peerId)!.atMs }]
    })
  )
  const listers = ({ ready }: NodeRun) => network.listedBy.get(ready!.peerId)?.size ?? 0
  const found = blameWords(network, words, listers).map(({ blamed, cause, words: own }): Found => {
    const { observer, subject, seq, atMs } = own[0] as (typeof words)[number]
    const others = own.length > 1 ? `, and there are ${own.length - 1} more listings like it` : ''
    const text = `${observer.node} lists ${subject.node} with seq ${seq}, which has announced no more than ${subject.maxAnnouncedSeq}`
    const about = blamed === observer ? subject.node : observer.node
    return { rule: 'seq-said', ...whose(blamed), subject: about, atMs, message: `${text}${others}`, cause }
  })
  return { found, unknown: [] }
}
