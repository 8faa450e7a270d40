/** Rules on the end of processes that were told to end, during the run or after it. */
import type { Exit, Network, NodeRun } from '../../history/observed.ts'
import { printable } from '../../printable.ts'
import { bySharedProcess } from '../causes/shared-process.ts'
import type { RuleId } from '../rules.ts'
import { type Found, type Ruling, shown, whose } from '../ruling.ts'
import { nameList, seconds } from '../wording.ts'

/** A node gets SIGTERM after so long, and SIGKILL after as long again. */
const GRACE_MS = 800

/** Many nodes that are told to end at once share the processors. */
const NODES_AT_ONCE = 10
const MS_FOR_EACH_MORE = 40

/** A kill is written down when it is proven, and a killed node may be seen to end a little sooner. */
const KILL_SEEN_WITHIN_MS = 1_000

interface End {
  readonly run: NodeRun
  readonly exit: Exit
  /** Until the end was told. */
  readonly tookMs: number
}

export function exitCode(network: Network): Ruling {
  const found = [
    ...badEndsOf(endsOf(network), 'when it was told to end'),
    ...badEndsOf(leavesOf(network), 'when it was told to leave')
  ]
  return rulingOf(network, found)
}

function badEndsOf(ends: readonly End[], when: string): Found[] {
  const bad = ends.flatMap(end => {
    const how = badEnd(end)
    if (how === undefined) return []
    return [{ ...end, found: foundAt('exit-code', end, `${end.run.node} ${how} ${when}`) }]
  })
  return bySharedProcess(bad)
}

/** A node that leaves may end before it is told to. One that the plan kills meanwhile did not end by itself. */
function leavesOf({ nodes, faultTimes }: Network): End[] {
  return [...nodes.values()].flat().flatMap(run => {
    const { node, leavingAtMs, stopRequestedAtMs, exit } = run
    if (leavingAtMs === undefined || stopRequestedAtMs !== undefined || exit === undefined) return []
    const isKilled = faultTimes.some(({ fault, nodes: hit, fromMs }) => {
      const isDeadly = fault?.type === 'kill' || fault?.type === 'power-off'
      return isDeadly && hit.includes(node) && fromMs >= leavingAtMs && fromMs <= exit.atMs + KILL_SEEN_WITHIN_MS
    })
    if (isKilled) return []
    return [{ run, exit, tookMs: exit.atMs - leavingAtMs }]
  })
}

function badEnd({ run: { stopSignal }, exit: { code, signal }, tookMs }: End): string | undefined {
  if (signal !== null) {
    const isOurs =
      (signal === 'SIGTERM' && (tookMs >= GRACE_MS || stopSignal === signal)) ||
      (signal === 'SIGKILL' && tookMs >= 2 * GRACE_MS)
    return isOurs ? undefined : `was killed by ${printable(signal, 32)}`
  }
  // Without a code nobody saw how it ended.
  return code === 0 || code === null ? undefined : `ended with exit code ${code}`
}

export function endsInTime(network: Network): Ruling {
  const ends = endsOf(network)
  const limitMs = GRACE_MS + MS_FOR_EACH_MORE * Math.max(0, ends.length - NODES_AT_ONCE)
  const late = ends.filter(({ exit, tookMs }) =>
    // A signal was sent because nothing had been told by then.
    exit.signal === 'SIGTERM' || exit.signal === 'SIGKILL' ? tookMs >= GRACE_MS : tookMs - exit.toldLateMs >= limitMs
  )
  const found = late.map(end => {
    const text = `${end.run.node} did not end within ${seconds(GRACE_MS)} of \`stop\` and the end of its stdin: it took ${seconds(end.tookMs - end.exit.toldLateMs)}`
    return timed('ends-in-time', end, text)
  })
  return rulingOf(network, found)
}

export function endsOnSigterm(network: Network): Ruling {
  const killed = endsOf(network).filter(({ exit, tookMs }) => exit.signal === 'SIGKILL' && tookMs >= 2 * GRACE_MS)
  const found = killed.map(end => timed('ends-on-sigterm', end, `${end.run.node} ignored SIGTERM and had to be killed`))
  return rulingOf(network, found)
}

function timed(rule: RuleId, end: End, message: string): Found {
  const { run, exit, tookMs } = end
  return {
    ...foundAt(rule, end, message),
    excusable: { fromMs: exit.atMs - tookMs, toMs: exit.atMs, nodes: [run.node] }
  }
}

function foundAt(rule: RuleId, { run, exit }: End, message: string): Found {
  const last = exit.stderrTail.findLast(line => line.trim() !== '')
  const words = last === undefined ? '' : `; last stderr line: ${printable(last, 100)}`
  return {
    rule,
    ...whose(run),
    atMs: exit.atMs,
    message: `${message}${words}`,
    cause: { code: 'ended-badly', confidence: 'shown', evidence: shown(exit.line) }
  }
}

function endsOf({ nodes }: Network): End[] {
  return [...nodes.values()].flat().flatMap(run => {
    const { takingDown, stopRequestedAtMs, exit } = run
    if (takingDown.exit !== undefined && takingDown.stopRequestedAtMs !== undefined) {
      return [{ run, exit: takingDown.exit, tookMs: takingDown.exit.atMs - takingDown.stopRequestedAtMs }]
    }
    return exit !== undefined && stopRequestedAtMs !== undefined
      ? [{ run, exit, tookMs: exit.atMs - stopRequestedAtMs }]
      : []
  })
}

function rulingOf(network: Network, found: readonly Found[]): Ruling {
  const wereTold = [...network.nodes.values()]
    .flat()
    .filter(({ takingDown }) => takingDown.stopRequestedAtMs !== undefined)
  const unseen = wereTold.filter(({ takingDown }) => takingDown.exit === undefined).map(({ node }) => node)
  const unknown =
    unseen.length === 0 ? [] : [`how ${nameList(unseen)} ended was not seen: the history breaks off before`]
  const notTried = 'no node was told to end'
  return { found, unknown, ...(wereTold.length === 0 && endsOf(network).length === 0 && { notTried }) }
}

export function leavesNothing({ closed, nodes }: Network): Ruling {
  if (closed === undefined)
    return { found: [], unknown: [], notTried: 'nobody looked for processes that nodes left behind' }
  const byNode = Map.groupBy(closed.leftovers, ({ node }) => node)
  const found = [...byNode].map(([node, left]): Found => {
    const pids = left.slice(0, 5).map(({ pid }) => pid)
    return {
      rule: 'leaves-nothing',
      node,
      run: nodes.get(node)?.at(-1)?.run ?? 0,
      atMs: closed.atMs,
      message: `${node} left processes behind that it had started: ${pids.join(', ')}${left.length > 5 ? ' and more' : ''}`,
      cause: { code: 'ended-badly', confidence: 'shown', evidence: shown(closed.line) }
    }
  })
  return { found, unknown: [] }
}
