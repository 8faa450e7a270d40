/** Hash: equal books of one program have equal hashes, and others do not. */
import { fieldsOf } from '../../history/fold/fields.ts'
import { liveRuns } from '../../history/network.ts'
import type { Network, NodeRun } from '../../history/observed.ts'
import { type Found, type Ruling, shown, whose } from '../ruling.ts'

export function hash(network: Network): Ruling {
  const hashed = liveRuns(network).filter(run => run.dump !== undefined && run.hash !== undefined)
  const programs = new Map(network.started?.plan?.nodes.map(({ name, program }) => [name, program]))
  const groups = [...Map.groupBy(hashed, ({ node }) => programs.get(node) ?? '').values()]
  const comparable = groups.filter(runs => runs.length > 1)
  if (comparable.length === 0) return { found: [], unknown: [], notTried: 'no two nodes of one program gave a hash' }
  return { found: comparable.flatMap(runs => oddOnes(network, runs)), unknown: [] }
}

function oddOnes(network: Network, runs: readonly NodeRun[]): Found[] {
  // Events say when all books are right: they say it of the dumped ones only where none of these differs from its events.
  const isSame = network.fullSinceMs !== undefined && network.breaches.discrepancies.length === 0
  // Books that are all right are equal; to compare them once more would take longer than all the rest.
  const contents = new Map(runs.map(run => [run, isSame ? '' : contentOf(run)]))
  const unequal = [...Map.groupBy(runs, run => contents.get(run)!).values()].flatMap(same =>
    minorities(same, ({ hash: own }) => own!).map(run =>
      oddOne(network, run, same, { book: 'the same book as', hash: 'another hash' })
    )
  )
  const equal = [...Map.groupBy(runs, run => run.hash!).values()].flatMap(same =>
    minorities(same, run => contents.get(run)!).map(run =>
      oddOne(network, run, same, { book: 'another book than', hash: 'the same hash' })
    )
  )
  return [...unequal, ...equal.filter(({ node }) => !unequal.some(other => other.node === node))]
}

/** All but the largest group; of groups of one size the first counts as the largest. */
function minorities(runs: readonly NodeRun[], keyOf: (run: NodeRun) => string): NodeRun[] {
  const groups = [...Map.groupBy(runs, keyOf).values()].sort((a, b) => b.length - a.length)
  return groups.slice(1).flat()
}

type What = Readonly<Record<'book' | 'hash', string>>

function oddOne(network: Network, run: NodeRun, same: readonly NodeRun[], what: What): Found {
  const other = same.find(each => each !== run)!
  return {
    rule: 'hash',
    ...whose(run),
    subject: other.node,
    atMs: network.nowMs,
    message: `${run.node} gave ${what.book} ${other.node}, with ${what.hash}`,
    cause: {
      code: 'lied',
      confidence: same.length > 2 ? 'shown' : 'cannot-tell',
      evidence: shown(run.lines.book, other.lines.book)
    }
  }
}

/** All that must be equal everywhere, the node itself included; not seq, which moves with every heartbeat. */
function contentOf(run: NodeRun): string {
  const fields = fieldsOf(run)
  const { peerId, node: name, addrs, epoch } = run.ready!
  const entries = [...run.dump!.values(), { peerId, name, addrs, epoch }].map(entry =>
    JSON.stringify([
      entry.peerId,
      fields.has('name') && entry.name,
      fields.has('epoch') && entry.epoch,
      fields.has('addrs') && [...new Set(entry.addrs)].sort()
    ])
  )
  return [...new Set(entries)].sort().join()
}
