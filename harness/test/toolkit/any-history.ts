/** Every history that could be observed, and many that could not: small worlds, so that things meet. */
import fc from 'fast-check'
import type { NodeLine } from '../../src/contract.ts'
import type { HistoryEvent, Observation } from '../../src/history/history.ts'

const node = fc.constantFrom('a', 'b', 'c', 'd')
const run = fc.constantFrom(1, 1, 1, 2)
const peerId = fc.constantFrom('peer-a', 'peer-b', 'peer-c', 'peer-d', 'stranger')
const small = fc.nat(3)
/** What is said is mostly the same, or nobody would ever agree. */
const mostly = <T>(usual: T, ...odd: T[]) => fc.constantFrom(...Array<T>(8).fill(usual), ...odd)
const epoch = mostly(1, 0, 2)
const [one, two] = ['/ip4/127.0.0.1/tcp/1', '/ip4/127.0.0.1/tcp/2']
const addrs = mostly([one, two], [two, one], [one], [])
const nameOf = (peer: string) => mostly(peer.replace('peer-', ''), 'odd')
const entry = peerId.chain(peer =>
  fc.record({ peerId: fc.constant(peer), name: nameOf(peer), addrs, epoch, seq: small })
)
const ready = node.chain(name =>
  fc.record({
    type: fc.constant('line' as const),
    node: fc.constant(name),
    run,
    line: fc.record({
      type: fc.constant('ready' as const),
      v: fc.constant(1 as const),
      node: mostly(name, 'odd'),
      peerId: mostly(`peer-${name}`, 'peer-a'),
      addrs,
      epoch
    })
  })
)

const line: fc.Arbitrary<NodeLine> = fc.oneof(
  { weight: 6, arbitrary: entry.map(said => ({ type: 'joined', ...said }) as const) },
  { weight: 2, arbitrary: entry.map(said => ({ type: 'updated', ...said }) as const) },
  { weight: 1, arbitrary: peerId.map(peer => ({ type: 'left', peerId: peer }) as const) },
  { weight: 1, arbitrary: peerId.map(peer => ({ type: 'expired', peerId: peer }) as const) },
  { weight: 2, arbitrary: fc.array(entry, { maxLength: 4 }).map(entries => ({ type: 'book', entries }) as const) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('announced' as const), seq: small, recipients: small }) },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constant('stats' as const),
      rx: small,
      tx: small,
      rejected: fc.dictionary(fc.constantFrom('stale', 'bad-signature'), small),
      rssBytes: small,
      cpuMs: small,
      loopLagMs: small
    })
  }
)

const stderrTail = fc.array(fc.string(), { maxLength: 3 })
const observation: fc.Arbitrary<Observation> = fc.oneof(
  { weight: 20, arbitrary: fc.record({ type: fc.constant('line' as const), node, run, line }) },
  { weight: 6, arbitrary: ready },
  { weight: 4, arbitrary: fc.record({ type: fc.constant('spawned' as const), node, run }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('spawn-failed' as const), node, run, reason: fc.string() }) },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constant('finding' as const),
      node,
      run,
      finding: fc.record({ lineNumber: small, fault: fc.string(), text: fc.string() })
    })
  },
  {
    weight: 2,
    arbitrary: fc.record({ type: fc.constantFrom('stop-requested' as const, 'dump-requested' as const), node, run })
  },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constant('exited' as const),
      node,
      run,
      code: fc.option(small),
      signal: fc.option(fc.constant('SIGKILL')),
      stderrTail
    })
  },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constantFrom('fault-injected' as const, 'fault-healed' as const),
      fault: fc.constantFrom('cut', 'pause'),
      nodes: fc.subarray(['a', 'b', 'c', 'd'])
    })
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('harness-lagged' as const), lagMs: small }) }
)

const reason = fc.constantFrom('settled' as const, 'deadline' as const, 'decided' as const, 'interrupted' as const)

export const anyHistory: fc.Arbitrary<HistoryEvent[]> = fc
  .record({
    nodes: fc.subarray(['a', 'b', 'c', 'd']),
    observations: fc.array(observation, { maxLength: 60 }),
    isWhole: fc.constantFrom(true, true, true, false),
    reason
  })
  .map(({ nodes, observations, isWhole, reason }) => {
    const started: Observation = {
      type: 'run-started',
      startedAt: '1970-01-01T00:00:01.000Z',
      scenario: 'any',
      nodes,
      deadlineMs: 30_000,
      settleMs: 10,
      command: 'test-network'
    }
    const all: Observation[] = isWhole ? [started, ...observations, { type: 'run-ended', reason }] : observations
    return all.map((observed, i) => ({ atMs: 5 * i, ...observed }))
  })
