/** What is planned, in words. */
import type { NodeName } from '../../contract.ts'
import type { Fault } from '../../faults/fault.ts'
import type { Action, Beginning, PlannedStep } from '../../scenario/plan.ts'

/** More are counted. */
const MAX_NAMED = 5

export function nodeNames(names: readonly NodeName[]): string {
  const more = names.length > MAX_NAMED ? ` and ${names.length - MAX_NAMED} more` : ''
  return `${names.slice(0, MAX_NAMED).join(', ')}${more}`
}

/** One line without its id: `partition of n1, n2 from the others, at 20 s, for 60 s`. */
export function describeStep({ action, begins }: PlannedStep): string {
  return `${describeAction(action)}, ${describeBeginning(begins)}${describeEnd(action)}`
}

/** Nodes that the fault names. */
export function nodesOfFault(fault: Fault): NodeName[] {
  return fault.type === 'partition' ? fault.groups.flat() : [...fault.nodes]
}

function describeAction(action: Action): string {
  switch (action.type) {
    case 'fault':
      return describeFault(action.fault)
    case 'restart':
      return `restart of ${nodeNames(action.nodes)} with ${action.key === 'same' ? 'its' : 'another'} key`
    case 'wait':
      return `wait until ${action.until}`
    default:
      return `${action.type} of ${nodeNames(action.nodes)}`
  }
}

function describeFault(fault: Fault): string {
  switch (fault.type) {
    case 'partition':
      return `partition of ${fault.groups.map(nodeNames).join(' | ')}`
    case 'one-way':
      return `${fault.direction} cut of ${nodeNames(fault.nodes)}`
    case 'links':
      return `links of ${nodeNames(fault.nodes)} ${JSON.stringify(fault.links)}`
    case 'clock':
      return `clock of ${nodeNames(fault.nodes)} by ${seconds(fault.offsetMs)}`
    default:
      return `${fault.type} of ${nodeNames(fault.nodes)}`
  }
}

function describeBeginning(begins: Beginning): string {
  if (begins.type === 'next') return 'then'
  return `at ${seconds(begins.atMs)}${begins.from === 'full' ? ' after full' : ''}`
}

function describeEnd(action: Action): string {
  return action.type === 'fault' && action.forMs !== undefined ? `, for ${seconds(action.forMs)}` : ''
}

function seconds(ms: number): string {
  return `${ms / 1_000} s`
}
