/** What a step waits for, and what the end of a run asks, where faults in force keep nodes from hearing each other. */
import type { World } from '../host/world.ts'
import type { Agreement } from '../watch/agreement.ts'

/** Each live node lists those that it can hear, in their present run. It may go on listing those that it cannot hear. */
export function isFullBehindCuts({ machines, network }: World, agreement: Agreement): boolean {
  return everyPair(machines.length, agreement, (observer, subject) => {
    if (!network.isWhole(observer, subject) || machines[subject]!.process?.isPaused === true) return true
    return agreement.isLive(subject) ? agreement.isCurrent(observer, subject) : !agreement.isListed(observer, subject)
  })
}

/** No live node lists a node that is gone, or one that it cannot hear; those that hear nobody are not asked. */
export function isNoticedBehindCuts({ machines, network }: World, agreement: Agreement): boolean {
  return everyPair(machines.length, agreement, (observer, subject) => {
    if (network.isHalfDeaf(observer) || !agreement.isListed(observer, subject)) return true
    return network.isWhole(observer, subject) && agreement.isLive(subject) && agreement.isCurrent(observer, subject)
  })
}

/** Of a live observer and any other machine. */
function everyPair(
  machines: number,
  agreement: Agreement,
  holds: (observer: number, subject: number) => boolean
): boolean {
  for (let observer = 0; observer < machines; observer++) {
    if (!agreement.isLive(observer)) continue
    for (let subject = 0; subject < machines; subject++) {
      if (subject !== observer && !holds(observer, subject)) return false
    }
  }
  return true
}
