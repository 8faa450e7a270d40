import { setTimeout as delay } from 'node:timers/promises'
import type { NodeName } from '../contract.ts'
import type { NodeHandle } from '../runners/runner.ts'
import type { ClockFault, FaultInForce, Proof } from './fault.ts'

/** A node that can set its clock says what it shows within this. */
const ANSWER_WITHIN_MS = 2_000
const LOOK_EVERY_MS = 20

/** Clocks of one host are read at the same moment, as near as this. */
const TOLERANCE_MS = 500

/** Asks the nodes themselves to see another time: only programs whose `ready` line says `can: ["clock"]` do. */
export function setClock({ nodes, offsetMs }: ClockFault, handles: ReadonlyMap<NodeName, NodeHandle>): FaultInForce {
  let wantedMs = offsetMs
  let setAtMs = 0
  const set = () => {
    setAtMs = performance.now()
    for (const node of nodes) handles.get(node)?.send({ type: 'clock', offsetMs: wantedMs })
  }
  const look = () => {
    // A line says what a clock showed when it was written, and may have waited since. A clock that was not set is never near enough.
    const toleranceMs = Math.min(Math.max(TOLERANCE_MS, performance.now() - setAtMs), Math.abs(offsetMs) / 2)
    return proofOf(
      nodes.map(node => [node, handles.get(node)?.clockOffsetMs] as const),
      wantedMs,
      toleranceMs
    )
  }
  set()
  return {
    async prove() {
      const endMs = performance.now() + ANSWER_WITHIN_MS
      while (look().result !== 'confirmed' && performance.now() < endMs) await delay(LOOK_EVERY_MS)
      return look()
    },
    async undo() {
      if (wantedMs === 0) return
      wantedMs = 0
      set()
    }
  }
}

function proofOf(
  seen: readonly (readonly [NodeName, number | undefined])[],
  wantedMs: number,
  toleranceMs: number
): Proof {
  const silent = seen.filter(([, offsetMs]) => offsetMs === undefined).map(([node]) => node)
  if (silent.length > 0)
    return { result: 'inconclusive', seen: `no line says what the clock of ${silent.join(', ')} shows` }
  const offsets = seen.map(([node, offsetMs]) => `${node} ${offsetMs} ms`).join(', ')
  const isSet = seen.every(([, offsetMs = 0]) => Math.abs(offsetMs - wantedMs) <= toleranceMs)
  return isSet
    ? { result: 'confirmed', seen: `clocks are ahead of the harness by: ${offsets}` }
    : { result: 'mismatch', seen: `clocks are to be ahead of the harness by ${wantedMs} ms, and are by: ${offsets}` }
}
