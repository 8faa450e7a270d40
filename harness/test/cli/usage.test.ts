import fc from 'fast-check'
import { test } from 'tap'
import { parseUsage } from '../../src/cli/usage/usage.ts'
import { UsageError } from '../../src/cli/usage/values.ts'
import { MAX_DURATION_MS, printDuration } from '../../src/scenario/file/values.ts'

const PLENTY_BYTES = 64e9

test('nothing said means 5 nodes, 30 seconds, one second to settle', async t => {
  t.match(parse(), {
    kind: 'run',
    runner: 'process',
    nodes: 5,
    deadlineMs: 30_000,
    settleMs: 1_000,
    bootstrapPeers: 1,
    json: false,
    mdns: false,
    nodeCommand: undefined,
    out: undefined
  })
})

test('everything that can be said arrives', async t => {
  const flags =
    '--settle 0.5 --json --out /x --announce-interval-ms 200 --ttl-ms 1000 --mdns --bootstrap-peers 0 --starts 3'
  t.match(parse('10', '60', ...flags.split(' '), '--node-command', 'node my-node.js'), {
    nodes: 10,
    deadlineMs: 60_000,
    settleMs: 500,
    json: true,
    out: '/x',
    announceIntervalMs: 200,
    ttlMs: 1_000,
    mdns: true,
    bootstrapPeers: 0,
    concurrentStarts: 3,
    nodeCommand: ['node', 'my-node.js']
  })
})

test('containers take an image, a program of it, and limits', async t => {
  const flags = '--runner container --image my/node:1 --node-command /app/node --memory 256m --cpus 0.5'
  t.match(parse(...flags.split(' ')), {
    runner: 'container',
    image: 'my/node:1',
    nodeCommand: ['/app/node'],
    memoryBytes: 268_435_456,
    cpus: 0.5
  })
  for (const size of ['2G', '2gb', '2GiB', '2048m']) {
    t.match(parse('--runner', 'container', '--memory', size), {
      memoryBytes: 2_147_483_648,
      image: undefined,
      cpus: undefined
    })
  }
})

test('a scenario is run by its name or file; nodes, deadline and seed may be left to it', async t => {
  t.match(parse('run', 'split'), {
    kind: 'scenario',
    scenario: 'split',
    runner: 'process',
    nodes: undefined,
    deadlineMs: undefined,
    seed: undefined,
    settleMs: 1_000,
    plan: false,
    json: false
  })
  t.match(parse('run', './my.yaml', '20', '120', '--seed', '7', '--plan', '--json', '--runner', 'simulation'), {
    scenario: './my.yaml',
    runner: 'simulation',
    nodes: 20,
    deadlineMs: 120_000,
    seed: 7,
    plan: true,
    json: true
  })
})

test('the shipped scenarios can be listed', async t => {
  t.same(parse('list'), { kind: 'list', json: false })
  t.same(parse('list', '--json'), { kind: 'list', json: true })
})

test('clean takes the id of a run, if any', async t => {
  t.match(parse('clean'), { kind: 'clean', runId: undefined })
  for (const runId of ['0123abcd', '0123abcd01234567'])
    t.match(parse('clean', '--run', runId), { kind: 'clean', runId })
})

test('flags may come before, between and after the numbers', async t => {
  const wanted = { nodes: 10, deadlineMs: 60_000, json: true }
  t.match(parse('--json', '10', '60'), wanted)
  t.match(parse('10', '--json', '60'), wanted)
  t.match(parse('10', '60', '--json'), wanted)
})

for (const [argv, wanted] of [
  ['10 60s', { deadlineMs: 60_000 }],
  ['10 1.5', { deadlineMs: 1_500 }],
  ['10 1.5m', { deadlineMs: 90_000 }],
  ['10 1h --settle 500ms', { deadlineMs: 3_600_000, settleMs: 500 }],
  ['10 60 --settle 0', { settleMs: 0 }],
  ['--announce-interval-ms 2s --ttl-ms 1m', { announceIntervalMs: 2_000, ttlMs: 60_000 }],
  ['run split 12 2m', { deadlineMs: 120_000 }],
  ['explore --minutes 5', { durationMs: 300_000 }],
  ['explore --minutes 90s', { durationMs: 90_000 }],
  ['conformance --within 500ms -- x', { withinMs: 500 }]
] as const) {
  test(`a duration has a unit, or the one that fits: ${argv}`, async t => {
    t.match(parse(...argv.split(' ')), wanted)
  })
}

test('every duration of a scenario is one of the command line', async t => {
  const anyDuration = fc.integer({ min: 1, max: MAX_DURATION_MS })
  fc.assert(
    fc.property(anyDuration, ms => {
      t.match(parse('5', printDuration(ms), '--settle', '0'), { deadlineMs: ms })
      t.match(parse('5', String(ms / 1_000), '--settle', '0'), { deadlineMs: ms })
    })
  )
})

test('a node command is split into words as a shell would', async t => {
  const words = (command: string) => {
    const usage = parse('--node-command', command)
    return usage.kind === 'run' ? usage.nodeCommand : undefined
  }
  t.same(words(`'/my dir/node' "a b" c\\ d`), ['/my dir/node', 'a b', 'c d'])
  t.same(words(`sh -c 'exec x "$@"' node`), ['sh', '-c', 'exec x "$@"', 'node'])
})

test('conformance takes a program and leaves its flags alone', async t => {
  const wanted = { kind: 'conformance', program: ['node', 'x.js', '--json'], withinMs: 15_000 }
  t.match(parse('conformance', '--', 'node', 'x.js', '--json'), wanted)
  t.match(parse('conformance', 'node', 'x.js', '--json'), wanted)
  t.match(parse('conformance', '--within', '2', '--', 'node', 'x.js', '--json'), { ...wanted, withinMs: 2_000 })
})

test('a report is opened: that of the last run, or of one that is named', async t => {
  t.same(parse('open'), { kind: 'open', run: undefined, pathOnly: false })
  t.same(parse('open', 'runs/x', '--path'), { kind: 'open', run: 'runs/x', pathOnly: true })
})

test('help and version are printed, not refused', async t => {
  t.match(parse('--help'), { kind: 'print', text: /Usage: test-network(.|\n)*Exit codes/ })
  t.match(parse('conformance', '--help'), { kind: 'print', text: /-- <command...>/ })
  t.match(parse('--version'), { kind: 'print', text: '1.2.3\n' })
})

const SUCH_AS = 'such as 500ms, 30s, 2m or 1h (30 alone is'

const wrong: [argv: string, message: string | RegExp][] = [
  ['0', 'nodes must be a whole number from 2 to 60000, not "0"'],
  ['1', 'nodes must be a whole number from 2 to 60000, not "1"'],
  ['-3', 'nodes and seconds must be above 0, not -3; for example: test-network 5 30'],
  ['10 -1.5', 'nodes and seconds must be above 0, not -1.5; for example: test-network 5 30'],
  ['ten', '"ten" is no command, and no number of nodes from 2 to 60000; see test-network --help'],
  ['opne', '"opne" is no command, and no number of nodes from 2 to 60000; did you mean open?'],
  ['help opne', '"opne" is no command; did you mean open?'],
  ['help ten', '"ten" is no command; see test-network --help'],
  ['2.5', /whole number/],
  ['1e3', /whole number/],
  ['0x10', /whole number/],
  ['10 0', `seconds must be a duration above 0 and up to 24h, ${SUCH_AS} 30s), not "0"`],
  ['10 sixty', /^seconds must be a duration .* not "sixty"$/],
  ['10 100000', /up to 24h/],
  ['10 25h', /up to 24h/],
  ['10 60 --seed 7', '--seed goes with --runner simulation'],
  ['--runner simulation 10 60 calm', /too many arguments. .*see test-network --help$/],
  ['run crash --only-steps s1 --runner process', '--only-steps goes with --runner simulation'],
  [
    'run crash --only-steps 1,x --runner simulation',
    '--only-steps must be ids of steps such as s1,s3, or none, not "1,x"'
  ],
  ...['--node-command node', '--announce-interval-ms 500', '--ttl-ms 60000', '--mdns', '--starts 2'].map(
    (option): [string, string] => [
      `run calm --runner simulation ${option}`,
      `${option.split(' ')[0]} goes with a runner of processes, not with simulation`
    ]
  ),
  ['--runner simulation --bootstrap-peers 1', '--bootstrap-peers goes with a runner of processes, not with simulation'],
  ['--fast', "unknown option '--fast'; see test-network --help"],
  ['run split --plna', "unknown option '--plna' (Did you mean --plan?); see test-network run --help"],
  ['explore --runner simultion', /, not "simultion"; did you mean simulation\?$/],
  ['explore --kinds kill,puase', /, not "kill,puase"; did you mean pause\?$/],
  ['completion', 'completion wants a shell: source <(test-network completion bash)'],
  ['completion csh', 'completion is for bash, zsh, fish, not "csh"; did you mean zsh?'],
  ['judge', 'judge wants the folder of a run: test-network judge runs/latest'],

  ['--setle 3', /unknown option '--setle' \(Did you mean --settle\?\); see test-network --help/],
  ['--settle', /'--settle <duration>' argument missing/],
  ['--settle -1', `--settle must be a duration from 0 to 24h, ${SUCH_AS} 30s), not "-1"`],
  ['5 3 --settle 3', '--settle must be shorter than the deadline of 3 s, not 3 s'],
  ['--ttl-ms 500', `--ttl-ms must be a duration from 1s to 24h, ${SUCH_AS} 30ms), not "500"`],
  ['--ttl-ms 5000', '--ttl-ms must be at least 30000, three times the announce interval, not 5000'],
  ['--announce-interval-ms 1', /from 100ms to 1h/],
  ['5 --bootstrap-peers 6', '--bootstrap-peers must be at most the 5 nodes, not 6'],
  ['--bootstrap-peers 0', /without one only --mdns/],
  ['--starts 0', /--starts must be a whole number from 1/],
  ['--runner toaster', '--runner must be one of process, netns, container, kubernetes, simulation, not "toaster"'],
  ['conformance', /conformance wants a program/],
  ['--image x', '--image goes with --runner container or --runner kubernetes'],
  ['--memory 256m', '--memory goes with --runner container or --runner kubernetes'],
  ['--cpus 1', '--cpus goes with --runner container or --runner kubernetes'],
  [
    '--runner container --node-command x',
    '--node-command in a container needs --image, the image that holds the program'
  ],
  ['--runner container --memory 256', '--memory must be a size of at least 6m, such as 256m or 1g, not "256"'],
  ['--runner container --memory 1m', '--memory must be a size of at least 6m, such as 256m or 1g, not "1m"'],
  ['--runner container --cpus 0', '--cpus must be a number from 0.01 to 1000, such as 0.5, not "0"'],
  ['10 60 --per-process 1', '--per-process must be a whole number from 2 to 500, not "1"'],
  ['10 60 --per-process 501', '--per-process must be a whole number from 2 to 500, not "501"'],
  ['10 60 --per-process 5 --runner netns', '--per-process goes with --runner process, not with netns'],
  ['10 60 --per-process 5 --runner container', '--per-process goes with --runner process, not with container'],
  [
    'run calm --per-process 5 --runner simulation',
    '--per-process goes with a runner of processes, not with simulation'
  ],
  [
    'run calm --per-process 5 --node-command x',
    '--per-process goes with the node of the package: a program of --node-command is one node'
  ],
  ['explore --per-process 5', /^unknown option '--per-process'/],
  ['run', 'run wants a scenario: test-network run split; test-network list names them'],
  ['run split 0', 'nodes must be a whole number from 2 to 60000, not "0"'],
  ['run split 5 ten', /^seconds must be a duration .* not "ten"$/],
  ['run split 5 3 --settle 3', '--settle must be shorter than the deadline of 3 s, not 3 s'],
  ['run split --image x', '--image goes with --runner container or --runner kubernetes'],
  ['run split --ttl-ms 5000', '--ttl-ms must be at least 30000, three times the announce interval, not 5000'],
  ['run split --runner simulation --mdns', '--mdns goes with a runner of processes, not with simulation'],
  ['run split --runner simulation --node-command x', /^--node-command goes with a runner of processes/],
  ['run split 5 10 15', /too many arguments/],
  ['list 5', /too many arguments/],
  ['clean --run ../x', '--run must be the id of a run, 8 or 16 characters from 0 to f, not "../x"'],
  ['clean 5', /too many arguments/]
]
for (const [argv, message] of wrong) {
  test(`wrong usage is told in one line: ${argv}`, async t => {
    const error = errorOf(...argv.split(' '))
    t.match(error.message, typeof message === 'string' ? new RegExp(`^${escaped(message)}$`) : message)
    t.notMatch(error.message, /\n/)
  })
}

test('a node command that needs a shell, or names no program, is refused with what would be right', async t => {
  t.match(errorOf('--node-command', 'a | b').message, /without a shell.*sh -c/)
  t.match(errorOf('--node-command', '').message, /must name a program/)
})

test('more nodes than memory can hold are refused with the number that fits', async t => {
  t.throws(() => parseUsage(['100'], '1.2.3', 1e9), {
    message: /at most 11, for which the 1000 MB of free memory suffice, not 100/
  })
  t.doesNotThrow(() => parseUsage(['11'], '1.2.3', 1e9))
  t.doesNotThrow(() => parseUsage(['100', '--node-command', 'serf'], '1.2.3', 1e9), 'a foreign node may be small')
  t.doesNotThrow(() => parseUsage(['100', '--per-process', '50'], '1.2.3', 1e9), 'nodes that share processes are small')
  t.throws(() => parseUsage(['1000', '--per-process', '50'], '1.2.3', 1e9), { message: /^nodes must be at most \d+, / })
})

function parse(...argv: string[]) {
  return parseUsage(argv, '1.2.3', PLENTY_BYTES)
}

function errorOf(...argv: string[]): UsageError {
  try {
    parse(...argv)
  } catch (error) {
    if (error instanceof UsageError) return error
    throw error
  }
  throw new Error(`${argv.join(' ')} was accepted`)
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}

test('a simulation is a scenario on a runner of its own: calm, if none is named', async t => {
  const named = parse('run', 'split', '100', '600', '--seed', '7', '--runner', 'simulation')
  const wanted = { kind: 'scenario', runner: 'simulation', nodes: 100, deadlineMs: 600_000, seed: 7 }
  t.match(named, { ...wanted, scenario: 'split', onlySteps: undefined })
  t.match(parse('--runner', 'simulation', '100', '600', '--seed', '7'), { ...wanted, scenario: 'calm' })
  t.match(parse('run', 'split', '--runner', 'simulation', '--only-steps', 's1,s2.3'), { onlySteps: ['s1', 's2.3'] })
  t.match(parse('run', 'split', '--runner', 'simulation', '--only-steps', 'none'), { onlySteps: [] })
})
