/** Where each command of the documentation is run. */
import { commandReference } from '../../harness/scripts/command-reference.ts'

export type Proof =
  /** Run by scripts/test/commands.test.ts in a folder like a checkout, or by `check:packages` where the package is installed. */
  | { in: 'checkout' | 'project'; prints: RegExp }
  /** Run by a program, which has these words in it. */
  | { by: string; as: string }
  /** Not run at all. */
  | { why: string }

/** Those of the help, which the guide's page of the command line shows. */
const EXAMPLES = commandReference('').flatMap(({ examples }) => examples.map(({ command }) => command))

const USAGE = { why: 'says how a command is used, and is none' }
const NODE_PASSES = /The program keeps the contract\./
const NETWORK_PASSES = /^PASS {2}10 nodes found each other/m

export const proofs: Readonly<Record<string, Proof>> = {
  ...Object.fromEntries(
    EXAMPLES.map(command => [command, { by: 'harness/test/cli/help.test.ts', as: 'an example is understood' }])
  ),
  'npm ci': { by: '.ci/run', as: 'step npm ci' },
  'npm test': { by: '.ci/run', as: 'step npm test' },
  'npm run check': { by: '.ci/run', as: 'step npm run check' },
  'npm run test-network -- explore --minutes 5 --runner simulation': {
    why: 'takes five minutes; harness/test/cli/explore.test.ts explores for a moment'
  },
  'npm run test-network -- 10 60': { by: '.ci/run', as: 'step until_told npm run test-network -- 10 60' },
  'npm ci && npm run test-network -- 10 60': { by: '.ci/run', as: 'step until_told npm run test-network -- 10 60' },
  'npm ci && npm test': { by: '.ci/run', as: 'step npm test' },
  'npm run bench -- --quick': { by: '.ci/run', as: 'step npm run bench -- --quick' },
  'npm run test:one -- lib/test/core/gossip/sync.test.ts': { in: 'checkout', prints: /^{ total: \d+, pass: \d+ }$/m },
  'npm run test:core': { in: 'checkout', prints: /^{ total: \d+, pass: \d+ }$/m },
  'npm run adapters': { by: '.ci/all.sh', as: 'npm run adapters' },
  'npm run adapters -- memberlist serf': { by: '.ci/all.sh', as: 'npm run adapters' },
  'npm run tidy': { in: 'checkout', prints: /^tidy$/m },

  'npm run demo -- alice': { by: 'scripts/test/commands.test.ts', as: 'npm run demo -- ' },
  'npm run demo -- bob <address of alice>': { by: 'scripts/test/commands.test.ts', as: 'npm run demo -- ' },
  'npm run demo -- charlie <address of alice>': { by: 'scripts/test/commands.test.ts', as: 'npm run demo -- ' },
  'npm run presence': { by: 'examples/test/presence/server.ts', as: "'presence/main.ts'" },
  "npm run test-network -- 10 60 --node-command 'python3 my_node.py'": { in: 'checkout', prints: NETWORK_PASSES },
  'npm run test-network -- conformance -- python3 my_node.py': { in: 'checkout', prints: NODE_PASSES },
  'npm run test-network -- run split 100 600 --runner simulation --seed 1': {
    in: 'checkout',
    prints: /^PASS {2}.* nodes .*\nevery book is right/m
  },

  'npm run test-network -- list': { in: 'checkout', prints: /^split +two halves/m },
  'npm run test-network -- run crash 10': { in: 'checkout', prints: /^PASS {2}9 nodes held through 1 fault/m },
  'npm run test-network -- explain runs/latest': { by: 'harness/test/cli/explain.test.ts', as: 'explained(t, folder)' },
  'npm run test-network -- explain runs/latest n3': {
    by: 'harness/test/cli/explain.test.ts',
    as: "explained(t, folder, 'n3')"
  },
  'npm run test-network -- explain runs/latest n1 n3': {
    by: 'harness/test/cli/explain.test.ts',
    as: "'n3', 'n4'"
  },
  'npm run test-network -- judge runs/latest': { by: 'harness/test/cli/judge.test.ts', as: "'judge'" },
  'npm run test-network -- run split 12 --runner netns': { by: '.ci/scenarios.sh', as: 'split 12' },
  'npm run test-network -- --runner netns 10 60': {
    by: 'harness/test/cli/netns-cli.test.ts',
    as: "'--runner', 'netns'"
  },
  'npm run test-network -- --runner simulation 100 60': {
    in: 'checkout',
    prints: /^PASS {2}.* nodes .*\nevery book is right/m
  },
  'npm run test-network -- --runner container 10 60': { by: '.ci/containers.sh', as: '--runner container 10 60' },
  'npx test-network run isolate-one 6 --runner container': {
    by: '.ci/containers.sh',
    as: 'run isolate-one 6 --runner container'
  },
  'npx test-network 10 60 --runner container': { by: '.ci/containers.sh', as: '--runner container 10 60' },
  'npx test-network 10 60 --runner container --memory 256m --cpus 0.5': {
    by: 'harness/test/cli/container-cli.test.ts',
    as: "'--runner', 'container', '--memory', '256m', '--cpus', '0.75', '10', '60'"
  },
  'npx test-network 10 60 --runner container --image my-node': {
    by: 'harness/test/cli/container-cli.test.ts',
    as: "'--image',"
  },
  "npx test-network 10 60 --runner container --image my-node --node-command 'node /app/my-node.mjs'": {
    by: 'harness/test/cli/container-cli.test.ts',
    as: "'--image', image, '--node-command'"
  },
  'npx test-network 10 60 --runner netns': { by: 'harness/test/cli/netns-cli.test.ts', as: "'--runner', 'netns'" },
  'npx test-network 500 2m --per-process 250': {
    why: 'takes a minute of two cores; harness/test/cli/shared-cli.test.ts runs fewer nodes'
  },
  'npx test-network 10 60 --ui': { by: 'harness/test/cli/ui.test.ts', as: "'--ui'" },
  'npx test-network clean': { by: '.ci/containers.sh', as: 'harness clean' },
  'npm run test-network -- clean': { by: '.ci/containers.sh', as: 'harness clean' },

  'npm install --save-dev @gossip-discovery/testbed @kubernetes/client-node': {
    by: 'scripts/packages/harness-project.ts',
    as: 'install('
  },
  'npx test-network image node.tar': { by: '.ci/kubernetes.sh', as: 'image "$scratch/node.tar"' },
  'npx test-network image node.tar --name registry.example/node:1': {
    why: 'makes 140 MB; the same without --name is run'
  },
  'npx test-network 60 2m --runner kubernetes': { by: '.ci/kubernetes.sh', as: 'network 12 120' },
  'npx test-network 60 2m --runner kubernetes --context lab --namespace testbed': {
    why: 'names a cluster of the reader'
  },
  'npx test-network 60 2m --runner kubernetes --image registry.example/node:1': {
    why: 'names a registry of the reader'
  },
  "npx test-network 60 2m --runner kubernetes --image my-node --node-command '/app/my-node --quiet' --agent-image registry.example/node:1":
    { why: 'names images of the reader' },
  "npx test-network run split 12 --runner kubernetes --cut-command 'ssh root@$MACHINE ip link set eth1 down' --heal-command 'ssh root@$MACHINE ip link set eth1 up'":
    { by: '.ci/kubernetes.sh', as: 'run split 12 --cut-command' },
  'npx test-network clean --runner kubernetes': { by: '.ci/kubernetes.sh', as: 'clean --runner kubernetes' },
  'docker load < node.tar && docker push registry.example/node:1': { why: 'names a registry of the reader' },
  'npm run test:kubernetes': { by: '.ci/run', as: 'step npm run test:kubernetes' },

  'npm pack --workspace lib': { by: 'scripts/packages/pack.ts', as: "run('npm', ['pack'," },
  'npm pack --workspace harness': { by: 'scripts/packages/pack.ts', as: "run('npm', ['pack'," },
  'npm i @gossip-discovery/libp2p': { by: 'scripts/packages/library-project.ts', as: '[...host, tarball.path]' },
  'npm install @gossip-discovery/libp2p libp2p @libp2p/gossipsub @libp2p/identify @libp2p/noise @libp2p/tcp @libp2p/yamux':
    { by: 'scripts/packages/library-project.ts', as: '[...host, tarball.path]' },
  'npm install --save-dev @gossip-discovery/testbed': {
    by: 'scripts/packages/harness-project.ts',
    as: '[tarball.path]'
  },
  'npm install --save-dev testcontainers': { by: 'scripts/packages/harness-project.ts', as: 'install(' },
  'npm install --save-dev @gossip-discovery/testbed testcontainers': {
    by: 'scripts/packages/harness-project.ts',
    as: 'install('
  },
  'npx @gossip-discovery/testbed 10 60': { in: 'project', prints: NETWORK_PASSES },
  "npx test-network 10 60 --node-command 'python3 my_node.py'": { in: 'project', prints: NETWORK_PASSES },
  "npx test-network 10 60 --node-command './my-node' --out network-report": { in: 'project', prints: NETWORK_PASSES },
  'npx test-network judge network-report/latest --format <name>': {
    by: 'harness/test/cli/judge.test.ts',
    as: "'--format', format"
  },
  'npx test-network list': { in: 'project', prints: /^split +two halves/m },
  'npx test-network run split --plan': { in: 'project', prints: /no packet passes between/ },
  'npx test-network run split 20 120': { why: 'takes minutes, and needs a runner that can cut a network' },
  'test-network run ./x.yaml --runner simulation': { why: 'repeats plans that the page lists' },
  'npx test-network run ./my.yaml --seed 7': { why: 'harness/test/scenario/guide.test.ts plans the file' },
  'npx test-network explore --runner simulation --minutes 1': {
    why: 'takes a minute; harness/test/cli/explore.test.ts runs it for less'
  },
  'npx test-network explore --seed 7 --minutes 30 --runner netns': { why: 'takes half an hour' },
  'npx test-network explore --kinds kill,restart --nodes 8 --minutes 5': {
    why: 'takes minutes; harness/test/cli/explore.test.ts runs it for less'
  },
  'npx test-network sweep --nodes 2,3 --loss 0,5 --repeat 2 --runner simulation': {
    in: 'project',
    prints: /^full grows as N\^/m
  },
  'npx test-network sweep --resume runs/latest': {
    by: 'harness/test/cli/sweep.test.ts',
    as: "'--resume', 'runs/latest'"
  },
  'npx test-network sweep --nodes 3 --repeat 6 --runner simulation --save-baseline before.json': {
    in: 'project',
    prints: /^\| +3 \| +6 \|/m
  },
  'npx test-network sweep --nodes 3 --repeat 6 --runner simulation --seed 40 --baseline before.json': {
    in: 'project',
    prints: /^no figure is worse than in the baseline/m
  },
  'npx test-network compare': { why: 'takes more than an hour; harness/test/cli/compare.test.ts runs it for moments' },
  'npx test-network compare --systems ours,naive-gossipsub --nodes 10 --repeat 2': {
    why: 'takes minutes, and builds another system'
  },
  'npx test-network compare --resume runs/latest': {
    by: 'harness/test/cli/compare.test.ts',
    as: "'--resume', 'runs/latest'"
  },
  'npx test-network diff runs/first-comparison runs/second-comparison': {
    by: 'harness/test/cli/compare.test.ts',
    as: "'diff', 'first', 'first'"
  },
  'npm run docs:results -- runs/latest': {
    by: 'scripts/test/results.test.ts',
    as: 'npm run docs:results -- runs/latest'
  },
  'npx test-network diff runs/before runs/latest': { by: 'harness/test/cli/diff.test.ts', as: "'diff', before, after" },
  'npx test-network conformance -- python3 my_node.py': { in: 'project', prints: NODE_PASSES },

  'nix run .#test-network 10 60': { by: '.ci/nix.sh', as: '#test-network" 10 60' },
  'nix run .#demo alice': { by: '.ci/nix.sh', as: '#demo" alice' },
  'nix run .#simulate 100 60': { by: '.ci/nix.sh', as: '#simulate" 100 60' },
  'nix run .#bench': { by: '.ci/nix.sh', as: '#bench" -- --quick' },
  'nix develop': { by: '.ci/nix.sh', as: 'nix develop' },
  'nix build .#lib': { by: '.ci/nix.sh', as: '#lib"' },
  'nix build .#image': { by: '.ci/nix.sh', as: '#image"' },
  'nix flake check': { by: '.ci/nix.sh', as: 'flake check' },
  'nix fmt': { by: '.ci/nix.sh', as: 'nix fmt' },
  'npm install ./result/*.tgz': { by: '.ci/nix.sh', as: 'gossip-discovery-libp2p-*.tgz' },

  'npm run check:examples': { by: 'scripts/test/examples.test.ts', as: 'checkExamples()' },
  'npm run check:packages': { by: '.ci/packages.sh', as: 'npm run --silent check:packages' },
  'npm run docs:pictures': {
    why: 'needs a browser and a host with time to spare; scripts/test/pictures.test.ts checks what it made'
  },
  'npm run docs:api': { why: 'would write into the tree; scripts/test/api-reference.test.ts checks what it writes' },
  'npm run test:all': { why: 'takes hours: every test at its full size' },
  'npm run test:debug -- lib/test/core/gossip/sync.test.ts': { why: 'waits for a debugger' },
  "DEBUG='libp2p:gossip-discovery*' npm run demo -- alice": {
    by: 'lib/test/libp2p/lifecycle.test.ts',
    as: "DEBUG: 'libp2p:gossip-discovery*'"
  },
  'npm run fuzz -- envelope --inputs 1000000': { why: 'takes minutes; `.ci/fuzz.sh` runs it for a tenth of that' },
  'npm run endurance': { by: '.ci/all.sh', as: 'npm run endurance' },
  'npm run endurance -- tag': { why: 'takes ten minutes; test:all runs all of them' },
  'npm run mutants -- core': { why: 'takes an hour' },
  'npm run mutants -- core --near': { why: 'takes minutes' },
  'npm run mutants -- judge': { why: 'takes minutes' },
  'npm run attacks -- suspicion-liar': { why: 'takes minutes; .ci/run runs each attack for seconds' },
  'npm run tidy -- --write': { why: 'would write into the tree; `npm run tidy` finds what it would change' },
  'npm run format': { why: 'would write into the tree; `npm run check` finds what it would change' },
  'npm run nix:hash': { why: 'would write into the tree; `.ci/nix.sh` checks the hash that it writes' },
  'npm run bench': { why: 'takes half an hour' },
  'npm run bench -- --only kill,cpu --runs 3 --nodes 10,50': { why: 'takes minutes' },
  'npm run bench -- --write-docs runs/latest/results.json': { why: 'would write into the tree' },
  'node --conditions=@gossip/source harness/bench/fidelity/compare-gossipsub.ts': { why: 'takes minutes' },
  'node --conditions=@gossip/source harness/bench/sharing/compare-sharing.ts': { why: 'takes a quarter of an hour' },
  'docker run -i gossip-discovery-node:0.1.0': { why: 'needs Nix and an engine in one place' },
  'docker load < result': { why: 'needs Nix and an engine in one place' },
  'echo \'{"type":"dump"}\' > /run/gossip-discovery.stdin': { why: 'needs a NixOS machine' },
  'journalctl --unit gossip-discovery --output cat --grep \'"book"\' --lines 1': { why: 'needs a NixOS machine' },

  'npm run test-network -- [nodes=5] [seconds=30]': USAGE,
  'test-network [nodes] [seconds]': USAGE,
  'npm run test-network -- help': { by: 'harness/test/cli/help.test.ts', as: "textOf('help')" },
  'test-network help': { by: 'harness/test/cli/help.test.ts', as: "textOf('help')" },
  'test-network --runner simulation': USAGE,
  'test-network list': USAGE,
  'test-network run <scenario or file> [nodes] [seconds]': USAGE,
  'test-network run split 100 600 --runner simulation': USAGE,
  'test-network judge': USAGE,
  'test-network judge <run>': USAGE,
  'test-network clean': USAGE,
  'docker run --privileged': USAGE,
  'test-network N': USAGE
}

/** Those that are run as they stand, with what they print. */
export function runIn(place: 'checkout' | 'project'): [command: string, prints: RegExp][] {
  return Object.entries(proofs).flatMap(([command, proof]) =>
    'in' in proof && proof.in === place ? [[command, proof.prints] as [string, RegExp]] : []
  )
}
