import type { FleetFigure } from '../figure.ts'

/** One more node comes to a network at rest. The network grows by one with each sample. */
export const late: FleetFigure = {
  name: 'late',
  metrics: [
    { id: 'late-full', what: 'late joiner ready -> its book full', unit: 'ms' },
    { id: 'late-listed', what: 'late joiner ready -> in every book', unit: 'ms' }
  ],
  sizes: { full: [25], quick: [5] },
  serf: true,
  async observe(fleet, { samples, settleMs }, take) {
    const { size } = fleet
    for (let sample = 0; sample < samples; sample++) {
      await fleet.rest(settleMs)
      const joiner = await fleet.add()
      const listedMs = await fleet.untilListed(joiner)
      await fleet.untilFull()
      const { run } = joiner
      const bookFullMs = Math.max(...[...run.book.values()].map(({ sinceMs }) => sinceMs))
      // A joiner may be in touch with others before its `ready` has been read.
      take('late-full', Math.max(0, bookFullMs - run.readyAtMs!), size)
      take('late-listed', Math.max(0, listedMs - run.readyAtMs!), size)
    }
  }
}
