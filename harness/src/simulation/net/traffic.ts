/** What each machine has received, by kind. */

/** `connection` is what setting one up and keeping it costs; `control` is gossipsub's own talk. */
export const TRAFFIC_KINDS = ['gossip', 'control', 'sync', 'connection'] as const
export type TrafficKind = (typeof TRAFFIC_KINDS)[number]

export class Traffic {
  readonly bytes: Record<TrafficKind, Float64Array>
  readonly messages: Record<TrafficKind, Float64Array>
  /** Copies of announcements that the receiver had already seen. */
  duplicates = 0
  /** Copies that were the first. */
  freshCopies = 0

  constructor(machines: number) {
    const perKind = (): Record<TrafficKind, Float64Array> => ({
      gossip: new Float64Array(machines),
      control: new Float64Array(machines),
      sync: new Float64Array(machines),
      connection: new Float64Array(machines)
    })
    this.bytes = perKind()
    this.messages = perKind()
  }

  received(machine: number, kind: TrafficKind, bytes: number): void {
    this.bytes[kind][machine]! += bytes
    this.messages[kind][machine]!++
  }

  /** Bytes that these machines have received so far. */
  bytesAt(machines: readonly number[]): number {
    return machines.reduce((sum, machine) => {
      return sum + TRAFFIC_KINDS.reduce((own, kind) => own + this.bytes[kind][machine]!, 0)
    }, 0)
  }

  /** Received by all machines so far. */
  total(): TrafficTotal {
    const total: TrafficTotal = {
      bytes: 0,
      messages: 0,
      duplicates: this.duplicates,
      freshCopies: this.freshCopies,
      bytesByKind: noBytes()
    }
    for (const kind of TRAFFIC_KINDS) {
      total.bytesByKind[kind] = sum(this.bytes[kind])
      total.bytes += total.bytesByKind[kind]
      total.messages += sum(this.messages[kind])
    }
    return total
  }
}

export interface TrafficTotal {
  bytes: number
  messages: number
  duplicates: number
  freshCopies: number
  bytesByKind: Record<TrafficKind, number>
}

export function noBytes(): Record<TrafficKind, number> {
  return { gossip: 0, control: 0, sync: 0, connection: 0 }
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0)
}
