import type { FleetFigure } from '../figure.ts'

/** From the SIGKILL of one process until the last of the others has dropped it. The kernel resets its connections. */
export const kill: FleetFigure = {
  name: 'kill',
  metrics: [
    {
      id: 'kill',
      what: 'SIGKILL of a node -> gone from every book',
      unit: 'ms',
      limit: () => ({ median: 1_500, worst: 3_000 })
    }
  ],
  sizes: { full: [10, 50], quick: [5] },
  serf: true,
  async observe(fleet, { samples, settleMs }, take) {
    const { size } = fleet
    for (let turn = 0; turn < samples; turn++) {
      await fleet.rest(settleMs)
      const victim = fleet.pick(turn, samples)
      take('kill', await fleet.timeToForget(victim, () => victim.handle.signal('SIGKILL')), size)
      await fleet.replace(victim)
    }
  }
}
