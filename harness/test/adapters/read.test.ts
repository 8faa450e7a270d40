import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { test } from 'tap'
import { adapterJsonSchema, adapterSchemaPath } from '../../scripts/adapter-schema.ts'
import { AdapterError, readAdapter } from '../../src/adapters/read.ts'
import { adapterNames, loadAdapter, NoAdapterError } from '../../src/adapters/shipped.ts'

const right = `name: x
title: X
about: a system
version: 1.2.3
build:
  tools: [go]
  with: [shared]
  commands: [[go, build, .]]
  makes: [x]
command: [./x, --fast]
settings: [defaults]
claims: []
limits: []
`

test('the JSON Schema is what the harness reads with (else: npm run schema -w harness)', async t => {
  t.same(JSON.parse(await readFile(adapterSchemaPath, 'utf8')), JSON.parse(adapterJsonSchema()))
})

test('an adapter is read as it is written', async t => {
  t.match(readAdapter(right, { folder: 'x', file: 'x/adapter.yaml' }), {
    name: 'x',
    version: '1.2.3',
    build: { tools: ['go'], with: ['shared'], commands: [['go', 'build', '.']], makes: ['x'] },
    command: ['./x', '--fast'],
    settings: ['defaults']
  })
})

const wrong: [what: string, text: string, error: RegExp][] = [
  ['an empty file', '', /^x\/adapter\.yaml:1:1: the file is empty; an adapter has at least name:/],
  ['a list', '- x', /:1:1: an adapter must be keys and their values, not a list$/],
  ['syntax', 'name: [x', /^x\/adapter\.yaml:1:9: /],
  [
    'an unknown key',
    `${right}setings: []\n`,
    /:14:1: unknown key "setings"; did you mean settings\?; there are name, /
  ],
  [
    'an unknown key of build',
    change('  makes: [x]', '  make: [x]\n  makes: [x]'),
    /:9:3: unknown key "make"; did you mean makes/
  ],
  ['no name', change('name: x\n', ''), /:1:1: name is missing: small letters/],
  ['the name of another folder', change('name: x', 'name: y'), /:1:7: name must be that of the folder, x, not "y"$/],
  [
    'a name that leads elsewhere',
    change('name: x', 'name: ../x'),
    /:1:7: name must be small letters, .* not "\.\.\/x"$/
  ],
  [
    'a tool that nobody knows',
    change('[go]', '[make]'),
    /:6:11: each of tools must be one of npm, go, cargo, .* not "make"$/
  ],
  [
    'a command of one text',
    change('[./x, --fast]', './x --fast'),
    /:10:10: command must be a program and its arguments as a list/
  ],
  ['a command of nothing', change('[./x, --fast]', '[]'), /:10:10: command must be a program .* not a list$/],
  [
    'a build command of one text',
    change('[[go, build, .]]', '[go build]'),
    /:8:14: each of commands must be a program/
  ],
  ['a build that makes nothing', change('makes: [x]', 'makes: []'), /:9:10: makes must be a list of at least one file/],
  ['a file outside', change('makes: [x]', 'makes: [../x]'), /:9:11: each of makes must be a file of the adapter/],
  [
    'a version that is a number',
    change('version: 1.2.3', 'version: 12'),
    /:4:10: version must be a text such as 1\.2\.3, or .* not 12$/
  ],
  [
    'no settings',
    change('settings: [defaults]', 'settings: []'),
    /:11:11: settings must be a list of at least one sentence/
  ],
  [
    'control characters',
    change('title: X', 'title: "\\e[31m"'),
    /:2:8: title must be one line of at most 400 characters/
  ],
  ['an alias', change('title: X', 'title: &a X').replace('a system', '*a'), /aliases \(\*name\) are not read/]
]

for (const [what, text, error] of wrong) {
  test(`${what} is refused, with its place and what would be right`, async t => {
    t.match(errorOf(text), error)
  })
}

test('whatever a file holds, it is read or refused with lines that name it', async t => {
  const fragments = fc.constantFrom(...right.split('\n'), '- ', '  ', '&a', '{', ']', '\u001b[31m')
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(fragments).map(lines => lines.join('\n'))
      ),
      text => {
        for (const line of (errorOf(text) ?? 'x/adapter.yaml: ').split('\n'))
          t.match(line, /^x\/adapter\.yaml:(\d+:\d+:)? \P{Cc}*$/u)
      }
    )
  )
})

test('every shipped adapter can be read, and what it copies along is there', async t => {
  const names = adapterNames()
  t.ok(names.length >= 6)
  t.same(names, names.toSorted())
  for (const name of names) {
    const { folder, build } = await loadAdapter(name)
    for (const part of build.with ?? []) t.ok(existsSync(join(dirname(folder), part)), `${name}: ${part}`)
  }
})

test('an adapter of npm packages names each in one exact version', async t => {
  for (const name of adapterNames()) {
    const { folder, build } = await loadAdapter(name)
    if (!build.tools.includes('npm')) continue
    const { dependencies } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'))
    for (const [dependency, version] of Object.entries(dependencies))
      t.match(version, /^\d+\.\d+\.\d+$/, `${name}: ${dependency}`)
  }
})

test('an adapter that is not there is told from those that are', async t => {
  await t.rejects(loadAdapter('memberlst'), {
    name: NoAdapterError.name,
    message: /^no adapter is called "memberlst"; did you mean memberlist\?; there are /
  })
  await t.rejects(loadAdapter('../../etc'), { name: NoAdapterError.name })
})

function change(from: string, to: string): string {
  if (!right.includes(from)) throw new Error(`nothing to change: ${from}`)
  return right.replace(from, to)
}

/** Undefined if the text could be read. */
function errorOf(text: string): string | undefined {
  try {
    readAdapter(text, { folder: 'x', file: 'x/adapter.yaml' })
    return undefined
  } catch (error) {
    if (error instanceof AdapterError) return error.message
    throw error
  }
}
