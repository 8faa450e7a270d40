import { readFile } from 'node:fs/promises'
import fc from 'fast-check'
import { test } from 'tap'
import { scenarioJsonSchema, scenarioSchemaPath } from '../../scripts/scenario-schema.ts'

import { readScenario, ScenarioError } from '../../src/scenario/file/read.ts'
import { MAX_FILE_BYTES } from '../../src/yaml/read-yaml.ts'

test('the JSON Schema is what the harness reads with (else: npm run schema -w harness)', async t => {
  t.same(JSON.parse(await readFile(scenarioSchemaPath, 'utf8')), JSON.parse(scenarioJsonSchema()))
})

test('a scenario is read with its durations in ms, its shares as ratios, and its rates in bytes', async t => {
  const { name, about, links, steps, bounds } = read(`
about: a split
links: { latency: 50ms, loss: 5%, duplicates: 0.01, bandwidth: 1Mbit/s }
steps:
  - partition: [n1..n3, 30%]
    at: 1m
    for: 60s
bounds: { reconvergeWithin: 5s, falseDrops: 0 }
`)
  t.same([name, about], ['x', 'a split'])
  t.same(links, { latency: 50, loss: 0.05, duplicates: 0.01, bandwidth: 125_000 })
  t.match(steps, [
    {
      partition: [
        { type: 'range', first: 1, last: 3 },
        { type: 'share', ratio: 0.3 }
      ],
      at: 60_000
    }
  ])
  t.same(bounds, { reconvergeWithin: 5_000, falseDrops: 0 })
})

const wrong: [what: string, text: string, errors: RegExp[]][] = [
  ['an empty file', '', [/^x\.yaml:1:1: the file is empty/]],
  ['a file with nothing but a comment', '# later\n', [/^x\.yaml:1:1: the file is empty/]],
  ['a file without about', 'nodes: 3', [/^x\.yaml:1:1: about is missing/]],
  ['a list instead of keys', '- kill: 1', [/^x\.yaml:1:1: a scenario must be keys and their values, not a list$/]],
  ['syntax', 'about: [x', [/^x\.yaml:1:10: /]],
  ['a key that stands twice', 'about: x\nabout: y', [/^x\.yaml:2:1: Map keys must be unique/]],
  ['a tag', 'about: !!js/function x', [/^x\.yaml:1:8: Unresolved tag/]],
  ['an alias', 'about: &a x\nnodes: *a', [/^x\.yaml:2:8: aliases/]],
  ['two documents', 'about: x\n---\nabout: y', [/^x\.yaml:\d:\d: .*documents/]],
  [
    'an unknown key',
    'about: x\nstep: []',
    [/^x\.yaml:2:1: unknown key "step"; did you mean steps\?; there are about, /]
  ],
  ['a key of the prototype', 'about: x\n__proto__: {}', [/^x\.yaml:2:1: unknown key "__proto__"/]],
  ['an unknown bound', of('bounds: { convergWithin: 5s }'), [/:2:11: unknown key .* did you mean convergeWithin\?/]],
  ['an unknown key of links', of('links: { lateny: 5ms }'), [/:2:10: unknown key .* did you mean latency\?/]],
  [
    'an unknown key of a program',
    of('programs: { a: { comand: x } }'),
    [/:2:18: unknown key .* did you mean command\?/]
  ],
  ['an unknown action', step('kil: 1'), [/:3:5: unknown key "kil"; did you mean kill\?$/]],
  ['a step that does nothing', step('at: 5s'), [/:3:5: a step does one of kill, power-off, /]],
  ['a step that does two things', step('kill: 1\n    pause: 2'), [/:4:5: a step does one thing: kill or pause/]],
  ['a step that is a word', step('kill'), [/:3:5: a step is a key and its value, such as kill: 1, not "kill"$/]],
  ['a key of another step', step('kill: 1\n    by: 1h'), [/:4:5: unknown key "by".*; there are kill, /]],
  ['a duration without unit', step('kill: 1\n    at: 5'), [/:4:9: at must be a duration .*500ms, 30s or 2m, not 5$/]],
  ['a duration of words', step('kill: 1\n    at: soon'), [/:4:9: at must be a duration .* not "soon"$/]],
  ['a duration that is too long', step('kill: 1\n    at: 25h'), [/:4:9: at must be a duration up to 24h/]],
  ['a span of nothing', step('kill: 1\n    for: 0s'), [/:4:10: for must be a duration above 0/]],
  ['a share beyond the whole', of('links: { loss: 150% }'), [/:2:16: loss must be a share .* not "150%"$/]],
  ['a ratio beyond the whole', of('links: { loss: 5 }'), [/:2:16: loss must be a share .* not 5$/]],
  ['a rate without unit', of('links: { bandwidth: 100 }'), [/:2:21: bandwidth must be a rate/]],
  ['a selector of nothing', step('kill: 0'), [/:3:11: kill must be n3, n1\.\.n4, a number .* not 0$/]],
  ['a range that runs backwards', step('kill: n4..n1'), [/:3:11: kill must be n3, /]],
  ['a program that is not there', step('kill: old'), [/:3:11: no nodes are called old; there are .* joined$/]],
  ['a word with a mistake', step('kill: bootstap'), [/:3:11: no nodes are called bootstap; did you mean bootstrap\?/]],
  ['a group with a mistake', step('partition: [n1, 4.5]'), [/:3:21: each of partition must be n3, .* not 4\.5$/]],
  ['a group of a program that is not there', step('partition: [n1, old]'), [/:3:21: no nodes are called old/]],
  ['joined without a join', step('kill: joined'), [/:3:11: no node has joined before this step; add a `join`/]],
  ['a join of everybody', step('join: all'), [/:3:11: all cannot join/]],
  ['a missing key', step('clock: 1'), [/:3:5: by is missing: how far the clock jumps/]],
  ['a clock that does not jump', step('clock: 1\n    by: 0s'), [/:4:9: by must be how far/]],
  ['at and after', step('kill: 1\n    at: 1s\n    after: 1s'), [/:5:12: a step has `at` .* or `after`/]],
  ['from without at', step('kill: 1\n    from: start'), [/:4:11: `from` says what `at` counts from/]],
  ['every without for', step('pause: 1\n    every: 9s\n    until: 20s'), [/:4:12: `every` needs `for`/]],
  ['until without every', step('pause: 1\n    until: 20s'), [/:4:12: `until` goes with `every`/]],
  [
    'a fault that never ends between',
    step('pause: 1\n    for: 9s\n    every: 9s\n    until: 20s'),
    [/:5:12: `every` must be longer/]
  ],
  ['links without anything', step('links: all'), [/:3:12: links need at least one of latency, /]],
  [
    'times out of order',
    step('kill: 1\n    at: 9s\n  - kill: 1\n    at: 3s'),
    [/:6:9: steps stand in the order of their times/]
  ],
  [
    'a program with two sources',
    of('programs: { a: { command: x, image: y } }'),
    [/:2:16: a program has one of command, image/]
  ],
  ['a program called as a node', of('programs: { n1: { command: x } }'), [/:2:13: a program is called by/]],
  [
    'a command that needs a shell',
    of('programs: { a: { command: "x | y" } }'),
    [/:2:27: command is run without a shell/]
  ],
  [
    'a command with a variable',
    of('programs: { a: { command: "x $HOME" } }'),
    [/:2:27: a scenario reads no environment/]
  ],
  ['too few nodes', of('nodes: 1'), [/:2:8: nodes must be a whole number from 2 to 60000, not 1$/]],
  ['steps that are nothing', of('steps:'), [/:2:7: steps must be a list of steps, not nothing$/]],
  [
    'several faults at once',
    `${step('kill: 0\n    at: 5')}\nnodes: none`,
    [/:5:8: nodes must be/, /:3:11: kill must be/, /:4:9: at must be/]
  ]
]
for (const [what, text, errors] of wrong) {
  test(`${what}: told with its line and column`, async t => {
    const lines = errorOf(text).split('\n')
    t.equal(lines.length, errors.length, lines.join('\n'))
    for (const error of errors)
      t.ok(
        lines.some(line => error.test(line)),
        lines.join('\n')
      )
  })
}

test('a file that is nested too deeply, or too large, is refused in one line', async t => {
  t.match(errorOf('['.repeat(3_000)), /^x\.yaml:1:1: nested too deeply[^\n]*$/)
  t.match(errorOf(`about: ${'x'.repeat(MAX_FILE_BYTES)}`), /^x\.yaml:1:1: a scenario has at most 65536 bytes$/)
})

test('control characters of a file never reach a terminal', async t => {
  for (const text of ['about: "\\e[31m"', 'about: x\n"\\e[31m": 3', 'about: x\u001b[31m: 4', step('kill: "\\e[31m"')]) {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    t.notMatch(errorOf(text), /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/)
  }
})

test('whatever a file holds, it is read or refused with lines that name it', async t => {
  const fragments = fc.constantFrom(
    'about: x',
    'steps:',
    '  - kill: 1',
    '    at: 5s',
    'links: {',
    '}',
    '- ',
    ': ',
    '?',
    '&a',
    '*a',
    '"',
    '|',
    '\t',
    '%',
    '!!'
  )
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(fragments).map(lines => lines.join('\n'))
      ),
      text => {
        try {
          readScenario(text, { name: 'x', file: 'x.yaml' })
        } catch (error) {
          t.ok(error instanceof ScenarioError, String(error))
          for (const line of (error as Error).message.split('\n')) t.match(line, /^x\.yaml:(\d+:\d+:)? /)
        }
      }
    )
  )
})

function of(rest: string): string {
  return `about: x\n${rest}`
}

function step(text: string): string {
  return of(`steps:\n  - ${text}`)
}

function read(text: string) {
  return readScenario(text, { name: 'x', file: 'x.yaml' })
}

function errorOf(text: string): string {
  try {
    read(text)
  } catch (error) {
    if (error instanceof ScenarioError) return error.message
    throw error
  }
  throw new Error(`was read: ${text}`)
}
