/** Numbers of a run: how fast the books filled, who was dropped and when, what it cost. */
import type { NodeProcess } from '../host/node-process.ts'
import type { Agreement } from './agreement.ts'

/** How one run of a node became part of the network; all times in ms since its start, undefined for never. */
export interface Join {
  readonly node: string
  readonly run: number
  readonly startedAtMs: number
  /** Its own book listed every live node. */
  fullMs?: number
  /** This share of the live nodes listed it. */
  visible50Ms?: number
  visible99Ms?: number
  visible100Ms?: number
}

/** How the others noticed that a node was gone; times in ms since then, undefined for never. */
export interface Detection {
  readonly node: string
  readonly cause: string
  readonly goneAtMs: number
  /** Nodes that listed it. */
  readonly observers: number
  droppedBy: number
  firstMs?: number
  lastMs?: number
}

/** Who was dropped though its process ran. */
export interface Drops {
  /** A cut was between the two, kept both apart from the rest, or kept the subject from answering anybody; or had only just before. */
  cut: number
  /** The subject was paused for longer than {@link TOLERATED_PAUSE_MS}, or had been just before. */
  paused: number
  /** For no good reason. */
  false: number
}

/** A pause that must do no harm. */
export const TOLERATED_PAUSE_MS = 1_000

const VISIBLE_SHARES = [
  { share: 0.5, field: 'visible50Ms' },
  { share: 0.99, field: 'visible99Ms' },
  { share: 1, field: 'visible100Ms' }
] as const

const FILLED_SHARES = [
  { share: 0.5, percent: 50 },
  { share: 0.99, percent: 99 },
  { share: 1, percent: 100 }
] as const

export class Measurements {
  readonly drops: Drops = { cut: 0, paused: 0, false: 0 }
  readonly joins: Join[] = []
  readonly detections: Detection[] = []
  /** When a share of all pairs of the first wave was listed; ms since the start. */
  readonly filledMs: Partial<Record<50 | 99 | 100, number>> = {}
  announcements = 0
  readonly notes: Record<string, number> = {}
  readonly #agreement: Agreement
  /** Nodes that start at the beginning: only when they are all there can a book be full. */
  readonly #firstWave: number
  /** By machine. */
  readonly #joining: (Join | undefined)[] = []
  /** By machine: how many of {@link VISIBLE_SHARES} its present run has reached. */
  readonly #reached: Uint8Array
  /** How many of {@link FILLED_SHARES} are reached. */
  #filled = 0
  readonly #gone = new Map<number, Detection>()

  /** When a machine went on after a pause that could do harm; a process that starts anew was not paused. */
  readonly #resumedMs = new Map<number, number>()

  /** What was suspected behind a cut or in a pause may be dropped for so long after its end. */
  readonly #graceMs: number
  constructor(agreement: Agreement, init: { machines: number; firstWave: number; graceMs: number }) {
    this.#agreement = agreement
    this.#reached = new Uint8Array(init.machines)
    this.#firstWave = init.firstWave
    this.#graceMs = init.graceMs
  }

  started(process: NodeProcess): void {
    const join: Join = { node: process.machine.name, run: process.run, startedAtMs: process.startedMs }
    this.joins.push(join)
    this.#joining[process.index] = join
    this.#reached[process.index] = 0
    this.#gone.delete(process.index)
    this.#resumedMs.delete(process.index)
  }

  /** The others should notice from now on. */
  gone(machine: number, name: string, cause: string, atMs: number): void {
    // Whoever is paused may be paused once more, which changes nothing, or crash.
    if (cause === 'pause' && this.#gone.has(machine)) return
    this.back(machine, atMs)
    const observers = this.#agreement.visible(machine)
    const detection: Detection = { node: name, cause, goneAtMs: atMs, observers, droppedBy: 0 }
    this.detections.push(detection)
    this.#gone.set(machine, detection)
  }

  /** Whoever was paused is back. A pause that nobody noticed is no detection. */
  back(machine: number, atMs: number): void {
    const detection = this.#gone.get(machine)
    this.#gone.delete(machine)
    if (detection !== undefined && atMs - detection.goneAtMs > TOLERATED_PAUSE_MS) this.#resumedMs.set(machine, atMs)
    if (detection?.droppedBy === 0) this.detections.splice(this.detections.lastIndexOf(detection), 1)
  }

  note(what: string): void {
    this.notes[what] = (this.notes[what] ?? 0) + 1
  }

  listed(observer: number, subject: number, atMs: number): void {
    const others = Math.max(this.#agreement.live, this.#firstWave) - 1
    this.#noteVisible(subject, others, atMs)
    const join = this.#joining[observer]
    if (join !== undefined && join.fullMs === undefined && this.#agreement.known(observer) >= others) {
      join.fullMs = atMs - join.startedAtMs
    }
    this.#noteFilled(others * (others + 1), atMs)
  }

  /** Before the books note it. */
  dropped(process: NodeProcess, subject: number): void {
    const { world, index, nowMs } = process
    const detection = this.#gone.get(subject)
    if (detection !== undefined && this.#agreement.isLive(index)) {
      detection.droppedBy++
      detection.firstMs ??= nowMs - detection.goneAtMs
      detection.lastMs = nowMs - detection.goneAtMs
    }
    const machine = world.machines[subject]!
    if (machine.process === undefined || machine.process.isLeaving || !this.#agreement.isCurrent(index, subject)) return
    const pausedMs = detection === undefined ? 0 : nowMs - detection.goneAtMs
    const resumedMs = this.#resumedMs.get(subject) ?? Number.NEGATIVE_INFINITY
    if (this.#isCut(process, subject)) this.drops.cut++
    else if (pausedMs > TOLERATED_PAUSE_MS || nowMs <= resumedMs + this.#graceMs) this.drops.paused++
    else this.drops.false++
  }

  /** Two that a cut keeps apart from the rest may take longer to find each other than their entries last: others spoke for them before. */
  #isCut({ world: { network }, index, nowMs }: NodeProcess, subject: number): boolean {
    const sinceMs = nowMs - this.#graceMs
    if (network.wasCutSince(index, subject, sinceMs)) return true
    return network.wasApartSince(index, sinceMs) && network.wasApartSince(subject, sinceMs)
  }

  #noteVisible(subject: number, others: number, atMs: number): void {
    const share = this.#agreement.visible(subject) / others
    for (let reached = this.#reached[subject]!; reached < VISIBLE_SHARES.length; reached++) {
      const next = VISIBLE_SHARES[reached]!
      if (share < next.share) return
      const join = this.#joining[subject]!
      join[next.field] = atMs - join.startedAtMs
      this.#reached[subject] = reached + 1
    }
  }

  #noteFilled(pairs: number, atMs: number): void {
    for (; this.#filled < FILLED_SHARES.length; this.#filled++) {
      const { share, percent } = FILLED_SHARES[this.#filled]!
      if (this.#agreement.rightPairs / pairs < share) return
      this.filledMs[percent] = atMs
    }
  }
}
