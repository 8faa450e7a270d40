/**
 * The words and numbers of the node contract. Apart from contract.ts, so that a program that writes lines need not load the schema
 * that they are read by: zod is a third of all code of our node program.
 */

/** Major version of the contract, as `v` in a `ready` line. Version 1 is read too; minor versions add, and have no number. */
export const CONTRACT_VERSION = 2

/** A longer line is cut off and reported; a book of 4,000 entries fits. */
export const MAX_LINE_BYTES = 2 ** 20

/** What a book may hold of a peer beside its id, as `fields` in a `ready` line. */
export const BOOK_FIELDS = ['name', 'addrs', 'epoch', 'seq'] as const

/** What a program can do beyond what every run needs, as `can` in a `ready` line. */
export const ABILITIES = ['leave', 'key', 'state', 'links', 'clock'] as const

/** How a line of a shared process begins. */
export const SHARED_LINE_START = '{"node":'
