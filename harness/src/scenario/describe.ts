/** A plan in plain words: what will happen, when, and to whom. */
import type { NodeName } from '../contract.ts'
import type { Fault, Links } from '../faults/fault.ts'
import { ROUTERS } from '../faults/routers.ts'
import { printPercentage, printRate } from './file/values.ts'
import type { Action, Beginning, Bounds, Condition, Plan, PlannedNode, PlannedStep } from './plan.ts'

/** Several lines, without an end of line at the last. */
export function describePlan(plan: Plan, about: string): string {
  const { scenario, seed, nodes, deadlineMs, settleMs, steps, links, bounds } = plan
  return [
    `${scenario}: ${about}`,
    `${nodes.length} nodes, seed ${seed}, deadline ${inWords(deadlineMs)}, settle ${inWords(settleMs)}`,
    '',
    ...describeNodes(plan),
    ...(Object.keys(links).length === 0 ? [] : [`  every link has ${describeLinks(links)}`]),
    '',
    ...(steps.length === 0 ? ['  nothing is broken'] : describeSteps(steps)),
    ...describeBounds(bounds)
  ].join('\n')
}

/** What a step does, as part of a sentence. */
export function describeAction(action: Action): string {
  switch (action.type) {
    case 'fault':
      return describeFault(action.fault) + describeLasting(action)
    case 'join':
      return `${nodeRanges(action.nodes)} ${join(action.nodes, 'joins', 'join')}`
    case 'leave':
      return `${nodeRanges(action.nodes)} ${join(action.nodes, 'says farewell and ends', 'say farewell and end')}`
    case 'restart': {
      const as = action.key === 'new' ? ' as a stranger, with a new key' : ' under the same key'
      const when = action.afterMs === 0 ? 'at once' : `after ${inWords(action.afterMs)}`
      return `restart ${nodeRanges(action.nodes)} ${when},${as}`
    }
    case 'wait':
      return `wait until ${conditionWords[action.until]}`
  }
}

/** Consecutive nodes as a range: `n1..n4, n7`. */
export function nodeRanges(names: readonly NodeName[]): string {
  const numbers = names.map(name => Number(name.slice(1))).sort((a, b) => a - b)
  const ranges: { first: number; last: number }[] = []
  for (const number of numbers) {
    const range = ranges.at(-1)
    if (range !== undefined && range.last === number - 1) range.last = number
    else ranges.push({ first: number, last: number })
  }
  return ranges.map(({ first, last }) => (first === last ? `n${first}` : `n${first}..n${last}`)).join(', ')
}

/** As prose has it: `500 ms`, `8.21 s`, `1 h`. */
export function inWords(ms: number): string {
  if (ms >= HOUR_MS && ms % HOUR_MS === 0) return `${ms / HOUR_MS} h`
  if (ms >= 10 * MINUTE_MS && ms % MINUTE_MS === 0) return `${ms / MINUTE_MS} min`
  return ms >= 1_000 ? `${ms / 1_000} s` : `${ms} ms`
}

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

const conditionWords: Record<Condition, string> = {
  full: 'all books are right',
  noticed: 'everybody has dropped what is gone',
  whole: 'all faults are healed and all books are right'
}

function describeNodes({ nodes }: Plan): string[] {
  const early = nodes.filter(({ startsAtOnce }) => startsAtOnce)
  const late = nodes.filter(({ startsAtOnce }) => !startsAtOnce)
  const programs = [...Map.groupBy(nodes, ({ program }) => program)]
  const behind = [...Map.groupBy(nodes, node => node.behind)]
  return [
    `  ${nodeRanges(namesOf(early))} start at once, and are told of ${nodeRanges(toldOf(early))}`,
    ...(late.length === 0 ? [] : [`  ${nodeRanges(namesOf(late))} ${join(late, 'comes', 'come')} later`]),
    ...behind.flatMap(([kind, nodes]) =>
      kind === undefined
        ? []
        : [`  ${nodeRanges(namesOf(nodes))} ${join(nodes, 'is', 'are')} behind ${ROUTERS[kind].name}`]
    ),
    ...(programs.length < 2 ? [] : programs.map(([program, nodes]) => `  ${nodeRanges(namesOf(nodes))} run ${program}`))
  ]
}

function toldOf(nodes: readonly PlannedNode[]): NodeName[] {
  return [...new Set(nodes.flatMap(({ bootstrap }) => bootstrap))]
}

function namesOf(nodes: readonly PlannedNode[]): NodeName[] {
  return nodes.map(({ name }) => name)
}

function describeSteps(steps: readonly PlannedStep[]): string[] {
  const rows = steps.map(({ id, begins, action, withinMs }) => {
    const limit = action.type === 'wait' ? `, at most ${inWords(withinMs)}` : ''
    return [id, describeBeginning(begins), describeAction(action) + limit] as const
  })
  const widths = [0, 1].map(column => Math.max(...rows.map(row => row[column]!.length)))
  return rows.map(([id, begins, what]) => `  ${id.padEnd(widths[0]!)}  ${begins.padEnd(widths[1]!)}  ${what}`)
}

function describeBeginning(begins: Beginning): string {
  if (begins.type === 'next') return begins.afterMs === undefined ? 'then' : `${inWords(begins.afterMs)} later`
  const from = begins.from === 'full' ? 'full books' : 'the start'
  return begins.atMs === 0 ? `at ${from}` : `${inWords(begins.atMs)} after ${from}`
}

/** What it does, as part of a sentence. */
export function describeFault(fault: Fault): string {
  switch (fault.type) {
    case 'kill':
      return `kill ${nodeRanges(fault.nodes)}`
    case 'power-off':
      return `cut the power of ${nodeRanges(fault.nodes)}`
    case 'pause':
      return `stop ${nodeRanges(fault.nodes)}`
    case 'starve':
      return `let ${nodeRanges(fault.nodes)} run for ${inWords(fault.runMs)} and not for ${inWords(fault.stopMs)}, by turns`
    case 'partition':
      return `no packet passes between ${describeGroups(fault.groups)}`
    case 'one-way':
      return fault.direction === 'outbound'
        ? `what ${nodeRanges(fault.nodes)} ${join(fault.nodes, 'sends', 'send')} reaches nobody`
        : `what others send does not reach ${nodeRanges(fault.nodes)}`
    case 'links':
      return `the links of ${nodeRanges(fault.nodes)} have ${describeLinks(fault.links)}`
    case 'nat-changes':
      return `the routers of ${nodeRanges(fault.nodes)} get another public address, and forget all connections`
    case 'clock':
      return `the clock of ${nodeRanges(fault.nodes)} jumps ${fault.offsetMs < 0 ? 'back' : 'forward'} by ${inWords(Math.abs(fault.offsetMs))}`
  }
}

function describeGroups(groups: readonly (readonly NodeName[])[]): string {
  const [first = [], ...others] = groups
  return others.length === 0
    ? `${nodeRanges(first)} and all others`
    : groups.map(group => `[${nodeRanges(group)}]`).join(', ')
}

function describeLinks(links: Links): string {
  const { latencyMs, jitterMs, lossRatio, duplicateRatio, reorderRatio, bytesPerSecond } = links
  return [
    latencyMs === undefined ? [] : `${inWords(latencyMs)} of latency`,
    jitterMs === undefined ? [] : `${inWords(jitterMs)} of jitter`,
    lossRatio === undefined ? [] : `${printPercentage(lossRatio)} loss`,
    duplicateRatio === undefined ? [] : `${printPercentage(duplicateRatio)} duplicates`,
    reorderRatio === undefined ? [] : `${printPercentage(reorderRatio)} reordering`,
    bytesPerSecond === undefined ? [] : `${printRate(bytesPerSecond)}`
  ]
    .flat()
    .join(', ')
}

function describeLasting({ forMs, flapping }: Extract<Action, { type: 'fault' }>): string {
  if (forMs === undefined) return ''
  if (flapping === undefined) return `, for ${inWords(forMs)}`
  const { onMs, offMs } = flapping
  return `, for ${inWords(onMs)} of each ${inWords(onMs + offMs)}, until ${inWords(forMs)} have passed`
}

function describeBounds(bounds: Bounds): string[] {
  const lines = [
    bounds.convergeWithinMs !== undefined && `all books are full within ${inWords(bounds.convergeWithinMs)}`,
    bounds.detectWithinMs !== undefined && `what is gone is dropped within ${inWords(bounds.detectWithinMs)}`,
    bounds.reconvergeWithinMs !== undefined &&
      `books are right again within ${inWords(bounds.reconvergeWithinMs)} of the healing`,
    bounds.falseDrops === 0 && 'healthy nodes are never dropped',
    bounds.falseDrops !== undefined &&
      bounds.falseDrops > 0 &&
      `healthy nodes are dropped at most ${bounds.falseDrops} times`,
    bounds.changesOfMind !== undefined &&
      `a healthy node changes its mind about another one at most ${bounds.changesOfMind} times`,
    bounds.maxBytesPerSecond !== undefined && `a node receives at most ${bounds.maxBytesPerSecond} bytes a second`
  ].filter(line => line !== false)
  return lines.length === 0 ? [] : ['', ...lines.map(line => `  must hold: ${line}`)]
}

function join(nodes: readonly unknown[], one: string, several: string): string {
  return nodes.length === 1 ? one : several
}
