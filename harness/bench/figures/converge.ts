import type { FleetFigure } from '../figure.ts'

/** From the last of N processes being ready until every book is full. */
export const converge: FleetFigure = {
  name: 'converge',
  metrics: [
    {
      id: 'converge',
      what: 'last node ready -> every book full',
      unit: 'ms',
      limit: nodes => ({ median: nodes <= 10 ? 100 : 150 })
    }
  ],
  sizes: { full: [10, 50], quick: [5] },
  serf: true,
  async observe({ start, size }, _, take) {
    take('converge', Math.max(0, start.fullMs - start.lastReadyMs), size)
  }
}
