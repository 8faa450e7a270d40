/** What of the host can have caused a breach: each excuse has a time, and reaches some nodes and some rules. */
import type { NodeName } from '../contract.ts'
import type { LoopLag, Network, NodeRun, Pressure } from '../history/observed.ts'
import type { Excuse } from './judgement.ts'
import type { RuleId } from './rules.ts'
import type { Found } from './ruling.ts'
import { seconds } from './wording.ts'

/** How processes end that are told to. */
const OF_THE_END: readonly RuleId[] = ['ends-in-time', 'ends-on-sigterm']

/** Rules on time: lateness can break them. A line that breaks the contract is nobody's fault but its node's. */
const TIMED: readonly RuleId[] = [
  'ready-in-time',
  'answers-dump',
  'no-drops',
  ...OF_THE_END,
  'farewell',
  'notices',
  'false-drops',
  'changes-of-mind'
]

/** What is owed in the end, or by a bound of many seconds. */
const EVENTUAL: readonly RuleId[] = [
  'complete',
  'ghosts',
  'equal',
  'hash',
  'stable',
  'steps',
  'converges',
  'reconverges'
]

/** More than its nodes cause by themselves: they wait for most of the time, or another guest of the machine took it. */
const MIN_WAITING_RATIO = 0.7
const MIN_STOLEN_RATIO = 0.2

/** Shorter pressure delays nobody for as long as a peer is given to answer. */
const MIN_PRESSED_MS = 1_000

/** A node whose loop was never later than this had the processor that it needed. */
const MAX_CALM_LAG_MS = 250
const MIN_LOOP_LAG_MS = 500

/** Stats come once a second: what they tell lies up to so long before them. */
const STATS_INTERVAL_MS = 1_500

export function excusesOf(network: Network): Excuse[] {
  return [...harnessLags(network), ...pressures(network), ...loopLags(network), ...overload(network)]
}

/** The first excuse that can have caused it, there and then. */
export function excuseFor({ rule, excusable }: Found, excuses: readonly Excuse[]): Excuse | undefined {
  if (excusable === undefined) return undefined
  const { fromMs, toMs, nodes } = excusable
  return excuses.find(
    excuse =>
      excuse.fromMs <= toMs &&
      excuse.toMs >= fromMs &&
      excuse.rules.includes(rule) &&
      nodes.some(node => excuse.nodes.includes(node))
  )
}

/** What was late catches up within twice the time that it lost, and a second for its peers to hear of it. */
function reachOf(lateMs: number): number {
  return 1_000 + 2 * lateMs
}

function harnessLags({ lags, nodes }: Network): Excuse[] {
  return lags.map(({ atMs, lagMs }) => ({
    why: `the harness itself was ${seconds(lagMs)} late at ${seconds(atMs)}`,
    fromMs: atMs - lagMs,
    toMs: atMs + reachOf(lagMs),
    nodes: [...nodes.keys()],
    rules: [...TIMED, ...EVENTUAL]
  }))
}

interface Span {
  fromMs: number
  toMs: number
}

function pressures(network: Network): Excuse[] {
  const { pressures: all, nodes, ended } = network
  // A node that is told to end tells no more of its loop: that it was calm before says nothing of its end.
  const atTheEnd = all.filter(({ toMs }) => ended !== undefined && toMs >= ended.atMs - STATS_INTERVAL_MS)
  const felt = pressedSpans(all).filter(span => !everybodyWasCalm(network, span))
  const excuse = (rules: readonly RuleId[]) => (span: Span) => ({
    why: `the host had too little processor time from ${seconds(span.fromMs)} to ${seconds(span.toMs)}`,
    fromMs: span.fromMs,
    toMs: span.toMs + Math.min(3_000, reachOf(span.toMs - span.fromMs)),
    nodes: [...nodes.keys()],
    rules
  })
  return [
    ...felt.filter(isLong).map(excuse([...TIMED, ...EVENTUAL])),
    ...pressedSpans(atTheEnd).filter(isLong).map(excuse(OF_THE_END))
  ]
}

function isLong({ fromMs, toMs }: Span): boolean {
  return toMs - fromMs >= MIN_PRESSED_MS
}

function pressedSpans(all: readonly Pressure[]): Span[] {
  const spans: Span[] = []
  for (const { fromMs, toMs, waitingRatio, stolenRatio } of all) {
    if (waitingRatio < MIN_WAITING_RATIO && stolenRatio < MIN_STOLEN_RATIO) continue
    const last = spans.at(-1)
    if (last !== undefined && fromMs <= last.toMs + STATS_INTERVAL_MS) last.toMs = Math.max(last.toMs, toMs)
    else spans.push({ fromMs, toMs })
  }
  return spans
}

/** Pressure that no node felt excuses little. Only nodes that tell of their loops can show it. */
function everybodyWasCalm({ nodes }: Network, { fromMs, toMs }: Span): boolean {
  const isWithin = ({ atMs }: LoopLag) => atMs >= fromMs && atMs <= toMs + STATS_INTERVAL_MS
  const live = [...nodes.values()].flat().filter(run => run.readyAtMs !== undefined && run.readyAtMs <= toMs)
  return live.length > 0 && live.every(run => isCalm(run.loopLags.filter(isWithin)))
}

function isCalm(lags: readonly LoopLag[]): boolean {
  return lags.length > 0 && lags.every(({ lagMs }) => lagMs <= MAX_CALM_LAG_MS)
}

/** A loop that was late while the host was not is the node's own doing. */
function loopLags(network: Network): Excuse[] {
  const pressed = [...pressedSpans(network.pressures), ...network.lags.map(spanOf)]
  const isPressed = (span: Span) => pressed.some(other => other.fromMs <= span.toMs && other.toMs >= span.fromMs)
  return [...network.nodes.values()]
    .flat()
    .flatMap(run =>
      run.loopLags
        .filter(lag => lag.lagMs >= MIN_LOOP_LAG_MS && isPressed(spanOf(lag)))
        .map(lag => loopExcuse(run, lag))
    )
}

function spanOf({ atMs, lagMs }: LoopLag): Span {
  return { fromMs: atMs - lagMs - STATS_INTERVAL_MS, toMs: atMs }
}

function loopExcuse({ node }: NodeRun, lag: LoopLag): Excuse {
  return {
    why: `${node} got no processor time for ${seconds(lag.lagMs)} before ${seconds(lag.atMs)}`,
    ...spanOf(lag),
    toMs: lag.atMs + reachOf(lag.lagMs),
    nodes: [node],
    rules: [...TIMED, ...EVENTUAL]
  }
}

/** A host that was short of time for half of the run excuses what is owed in the end, whenever that was. */
function overload(network: Network): Excuse[] {
  const { pressures: all, nodes, nowMs } = network
  const pressedMs = pressedSpans(all).reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0)
  const isShort = pressedMs >= MIN_PRESSED_MS && pressedMs >= nowMs / 2
  if (!isShort || everybodyWasCalm(network, { fromMs: 0, toMs: nowMs })) return []
  const everybody: NodeName[] = [...nodes.keys()]
  const why = `the host had too little processor time for ${seconds(pressedMs)} of ${seconds(nowMs)}`
  return [{ why, fromMs: 0, toMs: nowMs, nodes: everybody, rules: EVENTUAL }]
}
