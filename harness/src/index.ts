/**
 * Real networks of peer-to-peer nodes in tests: started, broken on purpose and judged as the command line does it.
 *
 * @packageDocumentation
 */
export type { NodeName } from './contract.ts'
export type { Fault, Links } from './faults/fault.ts'
export type { History, HistoryEvent } from './history/history.ts'
export { type NetworkOptions, network } from './testbed/network.ts'
export type { Broken, NodeReference, TestNetwork, TestNode } from './testbed/test-network.ts'
