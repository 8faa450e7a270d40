import type { FleetFigure } from '../figure.ts'

/** One process is stopped by SIGSTOP: its connections stay open and silent. Then it is resumed. */
export const stop: FleetFigure = {
  name: 'stop',
  metrics: [
    {
      id: 'stop',
      what: 'SIGSTOP of a node -> gone from every book',
      unit: 'ms',
      limit: () => ({ worst: 5_000 })
    },
    { id: 'resume', what: 'SIGCONT of that node -> in every book again', unit: 'ms' }
  ],
  sizes: { full: [50], quick: [5] },
  serf: true,
  async observe(fleet, { samples, settleMs }, take) {
    const { size } = fleet
    for (let turn = 0; turn < samples; turn++) {
      await fleet.rest(settleMs)
      const member = fleet.pick(turn, samples)
      take('stop', await fleet.timeToForget(member, () => member.handle.signal('SIGSTOP')), size)
      take('resume', await fleet.timeToReturn(member, () => member.handle.signal('SIGCONT')), size)
    }
  }
}
