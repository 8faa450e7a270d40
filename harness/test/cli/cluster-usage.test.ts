/** What the command line says of clusters. */
import { test } from 'tap'
import { parseUsage } from '../../src/cli/usage/usage.ts'

const FEW_BYTES = 1e9

test('a cluster is the one that is named, and its nodes take no memory of this host', async t => {
  const flags = '--runner kubernetes --context lab --namespace testbed --image my/node:1'
  t.match(parse(`5000 60 ${flags}`), {
    runner: 'kubernetes',
    nodes: 5_000,
    image: 'my/node:1',
    cluster: { context: 'lab', namespace: 'testbed', cutCommand: undefined, healCommand: undefined }
  })
})

test('what is left is removed on this host, or in a cluster', async t => {
  t.match(parse('clean'), { kind: 'clean', place: undefined })
  t.match(parse('clean --runner kubernetes --context lab'), {
    kind: 'clean',
    place: { context: 'lab', namespace: undefined }
  })
})

test('the image is written under its own name, or another', async t => {
  t.match(parse('image node.tar'), { kind: 'image', file: 'node.tar', name: undefined })
  t.match(parse('image node.tar --name a/b:1'), { kind: 'image', file: 'node.tar', name: 'a/b:1' })
})

for (const [argv, message] of [
  ['--context x', '--context goes with --runner kubernetes'],
  ['run split --cut-command x --heal-command y', '--cut-command goes with --runner kubernetes'],
  ['--runner kubernetes --cut-command x', '--cut-command and --heal-command go together'],
  [
    '--runner kubernetes --node-command x',
    '--node-command in a cluster needs --image, the image that holds the program'
  ],
  [
    '--runner kubernetes --agent-image x',
    '--agent-image goes with --image and --node-command, which name a program of another image'
  ],
  ['clean --context x', '--context and --namespace go with --runner kubernetes'],
  ['clean --runner container', '--runner must be kubernetes here, not "container"']
] as const) {
  test(`wrong usage is told in one line: ${argv}`, async t => {
    t.throws(() => parse(argv), { name: 'UsageError', message })
  })
}

function parse(line: string) {
  return parseUsage(line.split(' '), '1.2.3', FEW_BYTES)
}
