/** Rules that a scenario asks for: its steps, its bounds, and that its faults had their effect. */
import type { FaultTime, Network, NodeRun } from '../../history/observed.ts'
import { printable } from '../../printable.ts'
import type { Action, Condition } from '../../scenario/plan.ts'
import { endOf } from '../causes/aftermath.ts'
import { type Latecomer, latecomer } from '../causes/latecomers.ts'
import type { Cause, Phase } from '../judgement.ts'
import { falseDropsIn, receivedPerSecond, waverings } from '../metrics.ts'
import { phasesOf } from '../phases.ts'
import type { RuleId } from '../rules.ts'
import { type Found, type Ruling, shown, whose } from '../ruling.ts'
import { amountText, changesOfMindText, count, inOrder, nameList, seconds } from '../wording.ts'

export function steps(network: Network): Ruling {
  const times = [...network.steps.values()]
  if (network.plannedSteps.size === 0) return { found: [], unknown: [], notTried: 'the run has no steps' }
  const found = times
    .filter(({ step, state }) => state === 'missed' && actionOf(network, step)?.type === 'wait')
    .map(({ step, atMs, line }) => {
      const { until } = actionOf(network, step) as Extract<Action, { type: 'wait' }>
      const { withinMs } = network.plannedSteps.get(step)!
      const late = latecomer(network, { dueMs: atMs })
      const message = `step ${step}: ${UNMET[until]} within ${seconds(withinMs)}`
      return onWhole(network, 'steps', { atMs, message, line, late })
    })
  const undone = times.filter(
    ({ step, state }) => state === 'failed' || (state === 'missed' && actionOf(network, step)?.type !== 'wait')
  )
  const unknown = undone.map(({ step, why }) => `step ${step} could not be done${why === undefined ? '' : `: ${why}`}`)
  const open = [...network.plannedSteps.keys()].filter(
    step => !['done', 'missed', 'failed'].includes(network.steps.get(step)?.state ?? '')
  )
  if (open.length > 0)
    unknown.push(
      `${open.length === 1 ? 'step' : 'steps'} ${open.join(', ')} had not ended when the run did: give it a later deadline`
    )
  return { found, unknown }
}

/** What is not so when a wait was missed. */
const UNMET: Readonly<Record<Condition, string>> = {
  full: 'not every book was right',
  noticed: 'not every book had dropped what is gone',
  whole: 'not every fault was healed and every book right'
}

function actionOf(network: Network, step: string): Action | undefined {
  return network.plannedSteps.get(step)?.action
}

interface Lateness {
  readonly atMs: number
  readonly message: string
  readonly line?: number
  /** Whom the evidence points at. */
  readonly late: Latecomer | undefined
}

/** Of the network as a whole; where nothing points at a node it names the first one, since somebody has to be named. */
function onWhole(network: Network, rule: RuleId, { atMs, message, line, late }: Lateness): Found {
  const [first = ''] = network.nodes.keys()
  const node = late?.node ?? first
  const { code, confidence, evidence } = late?.cause ?? NO_EVIDENCE
  return {
    rule,
    node,
    run: network.nodes.get(node)?.at(-1)?.run ?? 0,
    atMs,
    message: late === undefined ? message : `${message}; ${late.detail}`,
    cause: { code, confidence, evidence: shown(line, ...evidence) },
    excusable: { fromMs: 0, toMs: atMs, nodes: [...network.nodes.keys()] }
  }
}

const NO_EVIDENCE: Cause = { code: 'no-evidence', confidence: 'cannot-tell', evidence: [] }

export function converges(network: Network): Ruling {
  return inBounds(
    network,
    'converges',
    phasesOf(network).filter(({ name }) => name === 'full')
  )
}

export function reconverges(network: Network): Ruling {
  return inBounds(
    network,
    'reconverges',
    phasesOf(network).filter(({ name }) => name === 'whole')
  )
}

/** A phase that is not over when the run ends is late only if its time was. */
export function inBounds(network: Network, rule: RuleId, phases: readonly Phase[]): Ruling {
  const bounded = phases.filter(({ boundMs }) => boundMs !== undefined)
  if (bounded.length === 0) return { found: [], unknown: [], notTried: 'the scenario gives no such time' }
  const what = (phase: Phase) =>
    phase.fault === undefined ? 'all books' : `once fault ${phase.fault} had ended, all books`
  const late = bounded.filter(phase => (phase.toMs ?? network.nowMs) - phase.fromMs > phase.boundMs!)
  const early = bounded.filter(phase => phase.toMs === undefined && !late.includes(phase))
  const found = late.map(phase => {
    const took = phase.toMs === undefined ? 'not right' : `right after ${seconds(phase.toMs - phase.fromMs)}, not`
    const message = `${what(phase)} were ${took} within ${seconds(phase.boundMs!)}`
    const atMs = phase.fromMs + phase.boundMs!
    const late = latecomer(network, { dueMs: atMs, untilMs: phase.toMs })
    return { ...onWhole(network, rule, { atMs, message, late }), excusable: overlapping(network, phase) }
  })
  const unknown = early.map(
    phase =>
      `whether${phase.fault === undefined ? '' : ','} ${what(phase)} would be right within ${seconds(phase.boundMs!)}: the run ended before, give it a later deadline`
  )
  return { found, unknown }
}

function overlapping(network: Network, { fromMs, boundMs = 0 }: Phase) {
  return { fromMs, toMs: fromMs + boundMs, nodes: [...network.nodes.keys()] }
}

export function notices(network: Network): Ruling {
  const boundMs = network.started?.plan?.bounds.detectWithinMs
  const times = network.faultTimes.filter(({ due }) => due.length > 0)
  if (boundMs === undefined || times.length === 0) {
    return { found: [], unknown: [], notTried: 'nothing had to be noticed within a time' }
  }
  const rulings = times.map(time => noticesOf(network, time, boundMs))
  return { found: rulings.flatMap(({ found }) => found), unknown: rulings.flatMap(({ unknown }) => unknown) }
}

function noticesOf(network: Network, time: FaultTime, boundMs: number): Ruling {
  // Its proof may come as late as its end.
  const { fromMs } = time
  const dueMs = fromMs + boundMs
  // What comes back before its time has run out need not be noticed.
  if ((time.healedAtMs ?? Number.POSITIVE_INFINITY) < dueMs) return { found: [], unknown: [] }
  const owed = time.due.filter(({ observer }) => endOf(observer) > dueMs)
  const late = owed.filter(({ droppedAtMs = Number.POSITIVE_INFINITY }) => droppedAtMs > dueMs)
  if (late.length === 0) return { found: [], unknown: [] }
  if (network.nowMs < dueMs) {
    return {
      found: [],
      unknown: [
        `whether fault ${time.id} would be noticed within ${seconds(boundMs)}: the run ended before, give it a later deadline`
      ]
    }
  }
  const byObserver = [...Map.groupBy(late, ({ observer }) => observer)]
  const found = byObserver.map(([observer, drops]): Found => {
    const subjects = inOrder(drops.map(({ subject }) => subject))
    return {
      rule: 'notices',
      ...whose(observer),
      subject: subjects[0]!,
      atMs: dueMs,
      message: `${observer.node} did not drop ${nameList(subjects)} within ${seconds(boundMs)} of fault ${time.id}`,
      cause: {
        code: 'kept-after-end',
        confidence: 'shown',
        evidence: shown(time.line, ...drops.slice(0, 10).map(({ line }) => line))
      },
      excusable: { fromMs, toMs: dueMs, nodes: [observer.node] }
    }
  })
  return { found, unknown: [] }
}

export function falseDrops(network: Network): Ruling {
  const allowed = network.started?.plan?.bounds.falseDrops
  if (allowed === undefined) return { found: [], unknown: [], notTried: 'the scenario does not count false drops' }
  const drops = falseDropsIn(network)
  if (drops.length <= allowed) return { found: [], unknown: [] }
  const found = [...Map.groupBy(drops, ({ run }) => run)].map(([observer, own]): Found => {
    const subjects = inOrder([...new Set(own.map(({ subject }) => subject.node))])
    return {
      rule: 'false-drops',
      ...whose(observer),
      subject: subjects[0]!,
      atMs: own[0]!.atMs,
      message: `${observer.node} dropped ${nameList(subjects)}, which it could reach: ${count(drops.length, 'false drop')} in all, not ${allowed}`,
      cause: {
        code: 'dropped-alive',
        confidence: 'shown',
        evidence: shown(...own.slice(0, 10).map(({ line }) => line))
      },
      excusable: { fromMs: own[0]!.atMs, toMs: own.at(-1)!.atMs, nodes: [observer.node, ...subjects] }
    }
  })
  return { found, unknown: [] }
}

export function changesOfMind(network: Network): Ruling {
  const allowed = network.started?.plan?.bounds.changesOfMind
  if (allowed === undefined) return { found: [], unknown: [], notTried: 'the scenario does not count changes of mind' }
  const over = waverings(network).filter(({ changes }) => changes.length > allowed)
  const found = [...Map.groupBy(over, ({ observer }) => observer)].map(([observer, [worst]]): Found => {
    const { subject, changes } = worst!
    return {
      rule: 'changes-of-mind',
      ...whose(observer),
      subject: subject.node,
      atMs: changes.at(-1)!.atMs,
      message: changesOfMindText({ observer: observer.node, subject: subject.node, changes: changes.length, allowed }),
      cause: {
        code: 'dropped-alive',
        confidence: 'shown',
        evidence: shown(...changes.slice(0, 10).map(each => each.line))
      },
      excusable: { fromMs: changes[0]!.atMs, toMs: changes.at(-1)!.atMs, nodes: [observer.node, subject.node] }
    }
  })
  return { found, unknown: [] }
}

export function faultsBite({ faultTimes, linksTime, plannedSteps }: Network): Ruling {
  if (plannedSteps.size === 0 && linksTime === undefined)
    return { found: [], unknown: [], notTried: 'the run has no faults' }
  const times = linksTime === undefined ? faultTimes : [linksTime, ...faultTimes]
  const doubtful = times.filter(
    ({ proof, undoProof }) => proof !== 'confirmed' || (undoProof ?? 'confirmed') !== 'confirmed'
  )
  const unknown = doubtful.map(({ id, proof, undoProof, seen }) => {
    const why = seen === undefined || seen === '' ? '' : `: ${printable(seen, 200)}`
    if (proof === 'mismatch') return `fault ${id} had no effect${why}; choose nodes that it can hit, or another runner`
    if (undoProof === 'mismatch') return `fault ${id} was still there after its end${why}; see to the runner first`
    return `nothing shows whether fault ${id} had its effect${why}; let it last longer, or use another runner`
  })
  const found = faultTimes.flatMap(time => time.unset.map(({ run, line }) => unsetClock(time, run, line)))
  return { found, unknown, ...(times.length === 0 && { notTried: 'no fault was begun' }) }
}

/** Nobody but the node itself can set the clock that it sees, and its own line says that it did not. */
function unsetClock({ id, fromMs, line }: FaultTime, run: NodeRun, clockLine: number): Found {
  return {
    rule: 'faults-bite',
    ...whose(run),
    atMs: fromMs,
    message: `${run.node} did not set its clock as fault ${id} asked, though its ready line says that it can`,
    cause: { code: 'lied', confidence: 'shown', evidence: shown(run.lines.ready, line, clockLine) }
  }
}

export function bytes(network: Network): Ruling {
  const bound = network.started?.plan?.bounds.maxBytesPerSecond
  if (bound === undefined) return { found: [], unknown: [], notTried: 'the scenario does not bound what nodes receive' }
  const { received, nodes } = network
  const started = [...nodes].filter(([, runs]) => runs.some(run => run.spawnedAtMs !== undefined)).map(([node]) => node)
  const uncounted = started.filter(node => !received.has(node))
  const perSecond = receivedPerSecond(network)
  if (perSecond === undefined || uncounted.length > 0) return { found: [], unknown: [uncountedText(bound, uncounted)] }
  return { found: perSecond <= bound ? [] : [tooMuch(network, bound, perSecond)], unknown: [] }
}

function uncountedText(bound: number, uncounted: readonly string[]): string {
  const whose = uncounted.length === 0 ? 'nodes receive' : `${nameList(uncounted)} received`
  const remedy = 'run the scenario with --runner netns or --runner simulation'
  return `not tried whether a node received more than ${amountText(bound)} bytes/s: nothing counts what ${whose}; ${remedy}`
}

/** The average is of the whole network; who received most is named. */
function tooMuch({ received, nodes, nowMs }: Network, bound: number, perSecond: number): Found {
  const [[node, most] = ['', { bytes: 0, line: 0 }]] = [...received].sort(([, a], [, b]) => b.bytes - a.bytes)
  const own = most.bytes / (nowMs / 1_000)
  const rate = (each: number) => `${amountText(Math.round(each))} bytes/s`
  return {
    rule: 'bytes',
    node,
    run: nodes.get(node)?.at(-1)?.run ?? 0,
    atMs: nowMs,
    message: `a node received ${rate(perSecond)} on average, not at most ${amountText(bound)}; ${node} received most, ${rate(own)}`,
    cause: { code: 'no-evidence', confidence: 'cannot-tell', evidence: shown(most.line) }
  }
}
