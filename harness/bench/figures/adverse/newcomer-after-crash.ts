import type { FleetFigure } from '../../figure.ts'

/** Each of them has to be handed the dead one before the others have let it go; one that comes too late shows nothing. */
const ATTEMPTS = 5

/** How long after the kill the newcomer is told of the network, by turns: the suspicion has gone round by then, or it has not. */
const TOLD_AFTER_MS = [50, 200, 350]

/** A node is killed, and soon after another one, which is up already, is told of the network: as a supervisor would do it. */
export const newcomerAfterCrash: FleetFigure = {
  name: 'newcomer-after-crash',
  metrics: [
    {
      id: 'newcomer-after-crash',
      what: 'SIGKILL of a node, a newcomer is handed it -> gone from every book',
      unit: 'ms',
      limit: () => ({ median: 1_500, worst: 3_000 })
    }
  ],
  sizes: { full: [10, 25], quick: [5] },
  serf: false,
  async observe(fleet, { samples, settleMs }, take) {
    const { size } = fleet
    for (let turn = 0, taken = 0; taken < samples && turn < ATTEMPTS * samples; turn++) {
      await fleet.rest(settleMs)
      const victim = fleet.pick(turn % samples, samples)
      const newcomer = await fleet.add({ isAlone: true })
      const kill = () => victim.handle.signal('SIGKILL')
      const toldAfterMs = TOLD_AFTER_MS[turn % TOLD_AFTER_MS.length]!
      const goneMs = await fleet.timeToForgetBeside(newcomer, toldAfterMs, victim, kill)
      fleet.remove(victim)
      await fleet.untilFull()
      if (goneMs === undefined) continue
      take('newcomer-after-crash', goneMs, size)
      taken++
    }
  }
}
