/** Who is cut off from whom. Machines are named by their index. */
export interface Cut {
  /** Packets that it has stopped. */
  stopped: number
  /** Machines that it keeps apart from the rest, which nobody names. */
  readonly named: ReadonlySet<number>
  /** Machines that can be heard and do not hear, or the other way round. */
  readonly halfDeaf: ReadonlySet<number>
  /** Whether what `from` sends to `to` gets lost. */
  stops(from: number, to: number): boolean
}

/** Nothing passes between machines of different groups; those that no group names are one more group. */
export function partition(groups: readonly (readonly number[])[]): Cut {
  const groupOf = new Map(groups.flatMap((machines, group) => machines.map(machine => [machine, group] as const)))
  return {
    stopped: 0,
    named: new Set(groupOf.keys()),
    halfDeaf: new Set(),
    stops: (from, to) => groupOf.get(from) !== groupOf.get(to)
  }
}

/** What these machines send reaches nobody but them (`outbound`), or nothing of the others reaches them (`inbound`). */
export function oneWay(machines: readonly number[], direction: 'outbound' | 'inbound'): Cut {
  const members = new Set(machines)
  return {
    stopped: 0,
    named: members,
    halfDeaf: members,
    stops: (from, to) => members.has(from) !== members.has(to) && members.has(direction === 'outbound' ? from : to)
  }
}
