/** Whom the evidence points at when a live node was dropped: whoever dropped it alone, or the node that all others dropped. */

import { liveRuns } from '../../history/network.ts'
import type { Network, NodeRun } from '../../history/observed.ts'
import type { Cause } from '../judgement.ts'
import { shown } from '../ruling.ts'
import { whyGone } from './vital-signs.ts'

export type Drop = Network['breaches']['drops'][number]

export interface BlamedDrops {
  readonly blamed: NodeRun
  readonly cause: Cause
  /** At least one, in order. */
  readonly drops: readonly Drop[]
}

/** Each of the drops once. */
export function blameDrops(network: Network, drops: readonly Drop[]): BlamedDrops[] {
  const bySubject = [...Map.groupBy(drops, ({ subject }) => subject)]
  const causes = bySubject.map(([subject, each]) => ({
    subject,
    drops: each,
    cause: whyDropped(network, subject, each)
  }))
  const blamedSubjects = causes.filter(({ cause }) => cause !== undefined)
  // Where most nodes were dropped, the fault is not theirs.
  const isEverybody = 2 * blamedSubjects.length > Math.max(2, liveRuns(network).length)
  const ofSubjects = isEverybody ? [] : blamedSubjects
  const rumours = isEverybody
    ? []
    : causes.filter(({ subject, cause, drops: each }) => !cause && isRumour(network, subject, each))
  const rest = causes.filter(each => !ofSubjects.includes(each) && !rumours.includes(each)).flatMap(each => each.drops)
  const gone = new Set(ofSubjects.map(({ subject }) => subject))
  // A node that all others dropped drops all others itself: that is the same thing, seen from its side.
  const [theirs, others] = [rest.filter(({ run }) => gone.has(run)), rest.filter(({ run }) => !gone.has(run))]
  const byObserver = [...Map.groupBy(others, ({ run }) => run)]
  return [
    ...ofSubjects.map(({ subject, drops: each, cause }) => ({
      blamed: subject,
      cause: cause!,
      drops: [...each, ...theirs.filter(({ run }) => run === subject)]
    })),
    ...rumours.map(({ drops: each }) => ({ blamed: each[0]!.run, cause: droppedAlive(each, 'likely'), drops: each })),
    ...byObserver.map(([observer, each]) => ({ blamed: observer, cause: droppedAlive(each), drops: each }))
  ]
}

function droppedAlive(drops: readonly Drop[], confidence: Cause['confidence'] = 'shown'): Cause {
  return { code: 'dropped-alive', confidence, evidence: shown(...drops.slice(0, 10).map(({ line }) => line)) }
}

/** Most others dropped it, and it went on announcing itself: whoever dropped it first made the others believe it. */
function isRumour(network: Network, subject: NodeRun, drops: readonly Drop[]): boolean {
  const observers = new Set(drops.map(({ run }) => run))
  return observers.size >= 2 && 2 * observers.size >= liveRuns(network).filter(run => run !== subject).length
}

/** What the subject shows, if the evidence points at it. */
function whyDropped(network: Network, subject: NodeRun, drops: readonly Drop[]): Cause | undefined {
  const observers = new Set(drops.map(({ run }) => run))
  const others = liveRuns(network).filter(run => run !== subject).length
  const first = drops[0]!
  const gone = whyGone(network, subject, first.atMs)
  if (others < 2 || observers.size < 2 || 2 * observers.size < others) {
    // One node alone says so: only what the subject shows itself counts.
    return gone?.confidence === 'shown' ? { ...gone, evidence: shown(...gone.evidence, first.line) } : undefined
  }
  const evidence = [...drops.slice(0, 10).map(({ line }) => line), ...(gone?.evidence ?? [])]
  if (gone !== undefined) return { ...gone, evidence: shown(...evidence) }
  // It announced itself afterwards: it was there, and somebody made the others believe that it was not.
  if ((subject.lastAnnouncedAtMs ?? 0) > first.atMs) return undefined
  if (drops.every(({ how }) => how === 'left'))
    return { code: 'lied', confidence: 'likely', evidence: shown(...evidence) }
  return { code: 'silent', confidence: 'likely', evidence: shown(...evidence) }
}
