/**
 * The rules of docs/CONTRACT.md, in its order and with its numbers. A number is never given to another rule. Each rule has
 * its code in `judge/rules/`, its prose in docs/CONTRACT.md, and a node program that breaks it alone in test/planted/.
 */

/** What a rule is about: the word under which a summary shows it. */
export const RULE_GROUPS = [
  'contract',
  'alive',
  'complete',
  'accurate',
  'equal',
  'monotone',
  'honest',
  'stable',
  'faults',
  'end'
] as const

export type RuleGroup = (typeof RULE_GROUPS)[number]

export interface Rule {
  readonly number: number
  readonly group: RuleGroup
  /** What holds, in one clause. */
  readonly asks: string
}

export const RULES = {
  lines: { number: 1, group: 'contract', asks: 'every line that a node writes is one of the contract' },
  'ready-in-time': { number: 2, group: 'alive', asks: 'a node says ready within 15 s' },
  'ready-name': { number: 3, group: 'contract', asks: 'ready bears the name that --name gave' },
  'ready-addrs': { number: 4, group: 'contract', asks: 'ready lists an address' },
  dialable: { number: 5, group: 'contract', asks: 'a node can be dialled at its addresses as soon as it says ready' },
  'epoch-is-start': {
    number: 6,
    group: 'contract',
    asks: 'epoch is the start of the run in ms, by the clock of its node'
  },
  'ready-again': {
    number: 7,
    group: 'contract',
    asks: 'a node that says ready again changes nothing but its addresses'
  },
  'own-peer-id': { number: 8, group: 'contract', asks: 'no two nodes have the same peer id' },
  'same-key': { number: 9, group: 'contract', asks: 'a node that restarts with its key keeps its peer id' },
  'epoch-grows': { number: 10, group: 'monotone', asks: 'a node that restarts has a greater epoch' },
  'announced-grows': { number: 11, group: 'monotone', asks: 'the seq of announced never goes back' },
  'not-itself': { number: 12, group: 'contract', asks: 'no node lists itself' },
  'joined-once': { number: 13, group: 'honest', asks: 'nobody joins a book that lists it already' },
  'updated-listed': { number: 14, group: 'honest', asks: 'only an entry of the book is updated' },
  'gone-listed': { number: 15, group: 'honest', asks: 'only an entry of the book leaves or expires' },
  'never-back': { number: 16, group: 'monotone', asks: 'epoch and seq of a peer never go back in a book' },
  'news-only': {
    number: 17,
    group: 'monotone',
    asks: 'a peer that left or expired comes back only with something newer'
  },
  'seq-said': { number: 18, group: 'equal', asks: 'no book lists a seq that its author has not reached' },
  'answers-dump': { number: 19, group: 'alive', asks: 'a node answers dump within 2 s' },
  'book-as-told': { number: 20, group: 'honest', asks: 'the events of a node, replayed, give its book' },
  hash: { number: 21, group: 'equal', asks: 'equal books of one program have equal hashes, others do not' },
  complete: { number: 22, group: 'complete', asks: 'every live node lists every live node' },
  strangers: { number: 23, group: 'accurate', asks: 'nobody is listed that is no node of the run' },
  ghosts: { number: 24, group: 'accurate', asks: 'nobody is listed that has ended' },
  'no-drops': { number: 25, group: 'accurate', asks: 'no live node is dropped while the network is whole' },
  equal: { number: 26, group: 'equal', asks: 'a book says of a node what the node says of itself' },
  stable: { number: 27, group: 'stable', asks: 'all of this held for the settle time' },
  alive: { number: 28, group: 'alive', asks: 'no node ends before it is told to' },
  'exit-code': { number: 29, group: 'end', asks: 'a node that is told to end does so with exit code 0' },
  'ends-on-sigterm': { number: 30, group: 'end', asks: 'a node ends within 0.8 s of SIGTERM' },
  'ends-in-time': { number: 31, group: 'end', asks: 'a node ends within 0.8 s of stop and the end of its stdin' },
  'leaves-nothing': { number: 32, group: 'end', asks: 'nothing that a node started outlives it' },
  farewell: { number: 33, group: 'accurate', asks: 'a node that leaves is dropped by all others as left' },
  steps: { number: 34, group: 'faults', asks: 'every step of the scenario comes to its end in time' },
  converges: { number: 35, group: 'faults', asks: 'all books are right within the time that the scenario gives' },
  notices: { number: 36, group: 'faults', asks: 'what is gone is dropped within the time that the scenario gives' },
  reconverges: {
    number: 37,
    group: 'faults',
    asks: 'after healing, all books are right within the time that the scenario gives'
  },
  'false-drops': {
    number: 38,
    group: 'faults',
    asks: 'healthy nodes that reach each other drop each other no more often than the scenario allows'
  },
  'faults-bite': { number: 39, group: 'faults', asks: 'every fault of the scenario was seen to have its effect' },
  bytes: {
    number: 40,
    group: 'faults',
    asks: 'on average, a node receives no more bytes a second than the scenario allows'
  },
  'changes-of-mind': {
    number: 41,
    group: 'faults',
    asks: 'a healthy node drops one that runs, and lists it again, no more often in all than the scenario allows'
  }
} as const satisfies Record<string, Rule>

export type RuleId = keyof typeof RULES

export const RULE_IDS = Object.keys(RULES) as RuleId[]
