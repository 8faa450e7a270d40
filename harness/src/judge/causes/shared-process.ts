/** What ended with a process that several nodes shared: one thing, at the node whose code threw, if that can be told. */
import type { Exit, NodeRun } from '../../history/observed.ts'
import type { Found } from '../ruling.ts'
import { inOrder, nameList } from '../wording.ts'

/** How a node ended, and what its rule makes of that. */
export interface FoundEnd {
  readonly run: NodeRun
  readonly exit: Exit
  readonly found: Found
}

/** Nodes that had processes of their own are told one by one. */
export function bySharedProcess(ends: readonly FoundEnd[]): Found[] {
  const groups = Map.groupBy(ends, ({ run, exit }) => exit.process?.pid ?? run)
  return [...groups.values()].flatMap(group => (group.length === 1 ? group[0]!.found : asOne(group)))
}

function asOne(group: readonly FoundEnd[]): Found {
  const names = inOrder(group.map(({ run }) => run.node))
  const culprit = group.find(({ run, exit }) => run.node === exit.process?.culprit)
  if (culprit === undefined) return ofOneThatIsGone(group, names) ?? ofNobody(group, names)
  const { found } = culprit
  const others = nameList(names.filter(name => name !== found.node))
  return {
    ...found,
    message: `${found.message}; it took ${others} along, which shared its process`,
    cause: { ...found.cause, confidence: 'likely' },
    parts: takenAlong(group, culprit)
  }
}

/** A node that has ended can still have timers, and throw in one. */
function ofOneThatIsGone(group: readonly FoundEnd[], names: readonly string[]): Found | undefined {
  const { found, exit } = group[0]!
  const { culprit } = exit.process ?? {}
  if (culprit === undefined) return undefined
  return {
    ...found,
    node: culprit,
    message: `${culprit} threw after its end, and took ${nameList(names)} along, which shared its process: ${found.message}`,
    cause: { ...found.cause, confidence: 'likely' },
    parts: takenAlong(group)
  }
}

/** The finding has to stand at some node: it stands at the first, and says that it may be any of them. */
function ofNobody(group: readonly FoundEnd[], names: readonly string[]): Found {
  const first = group.find(({ run }) => run.node === names[0])!
  const { message, node, cause } = first.found
  const what = message.slice(message.startsWith(node) ? node.length : 0).trimStart()
  return {
    ...first.found,
    message: `the process that ${nameList(names)} shared ${what}; which of them did it cannot be told`,
    cause: { ...cause, confidence: 'cannot-tell' },
    parts: takenAlong(group, first)
  }
}

function takenAlong(group: readonly FoundEnd[], blamed?: FoundEnd): Found[] {
  return group
    .filter(end => end !== blamed)
    .map(({ found }) => ({ ...found, message: `${found.node} ended with the process that it shared` }))
}
