/** Whose word is false, when books say of nodes what these do not say of themselves. */
import type { NodeName } from '../../contract.ts'
import { liveRuns } from '../../history/network.ts'
import type { Network, NodeRun } from '../../history/observed.ts'
import type { Cause } from '../judgement.ts'
import { shown } from '../ruling.ts'

/** An observer's book says something of a subject that the subject does not say. */
export interface FalseWord {
  readonly observer: NodeRun
  readonly subject: NodeRun
  /** What it says; equal words have one origin. */
  readonly word: string
  /** Where the observer says it first. */
  readonly line: number
}

export interface BlamedWords {
  readonly blamed: NodeRun
  readonly cause: Cause
  readonly words: readonly FalseWord[]
}

/** Each of the words once. `listers`: who lists the subject at all. */
export function blameWords(
  network: Network,
  words: readonly FalseWord[],
  listers: (subject: NodeRun) => number
): BlamedWords[] {
  const bySubject = [...Map.groupBy(words, ({ subject }) => subject)]
  const outvoted = bySubject.filter(([subject, each]) => each.length >= 2 && each.length >= listers(subject))
  if (outvoted.length === 1) {
    const [subject, own] = outvoted[0]!
    const rest = words.filter(word => word.subject !== subject)
    return [blame(subject, own, 'shown'), ...byFirst(network, rest)]
  }
  return byFirst(network, words)
}

/** Who said it first brought it up; a node of which nothing false is said, if all of it came at once. */
function byFirst(network: Network, words: readonly FalseWord[]): BlamedWords[] {
  const firsts = [...Map.groupBy(words, ({ subject, word }) => `${subject.node} ${word}`).values()].map(same =>
    same.reduce((first, each) => (each.line < first.line ? each : first))
  )
  const subjects = new Set(words.map(({ subject }) => subject))
  const spared = liveRuns(network).filter(run => !subjects.has(run))
  const origin = subjects.size >= 2 && spared.length === 1 ? spared[0] : undefined
  if (origin !== undefined) return [blame(origin, words, 'likely')]
  const originOf = new Map(firsts.map(({ subject, word, observer }) => [`${subject.node} ${word}`, observer]))
  const groups = Map.groupBy(words, ({ subject, word }) => originOf.get(`${subject.node} ${word}`)!)
  return [...groups].map(([run, each]) => blame(run, each, isAlone(each, run) ? 'shown' : 'likely'))
}

function isAlone(words: readonly FalseWord[], run: NodeRun): boolean {
  return words.every(({ observer }) => observer === run)
}

const MAX_EVIDENCE = 10

function blame(blamed: NodeRun, words: readonly FalseWord[], confidence: Cause['confidence']): BlamedWords {
  const lines = words.slice(0, MAX_EVIDENCE).flatMap(({ line, subject }) => [line, subject.lines.ready])
  return { blamed, cause: { code: 'lied', confidence, evidence: shown(...lines) }, words }
}

/** Names of those whom the words are about. */
export function subjectsOf(words: readonly FalseWord[]): NodeName[] {
  return [...new Set(words.map(({ subject }) => subject.node))]
}
