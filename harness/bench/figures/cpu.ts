import type { FleetFigure } from '../figure.ts'

/** Processor time of a node from its start until every book is full, as the kernel counts it. */
export const cpu: FleetFigure = {
  name: 'cpu',
  metrics: [
    { id: 'cpu', what: 'CPU of a node until every book is full, mean', unit: 'ms', limit: () => ({ median: 250 }) }
  ],
  sizes: { full: [10, 50], quick: [5] },
  serf: true,
  async observe({ start, size }, _, take) {
    if (start.cpuMs !== undefined) take('cpu', start.cpuMs, size)
  }
}
