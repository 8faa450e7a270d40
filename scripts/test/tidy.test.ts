import { test } from 'tap'
import { exceptionsFor, faultsOf, tightened } from '../tidy/exceptions.ts'
import { sourceOf } from '../tidy/sources.ts'
import { findingsIn, tidyFaults } from '../tidy.ts'

test('the house is tidy, but for the exceptions of today', async t => {
  t.strictSame(await tidyFaults(), [])
})

const lines = (count: number) => '// a line\n'.repeat(count)
const functionOf = (count: number) => `{\n${lines(count - 2)}}`

test('a file has 300 lines and no more', async t => {
  t.strictSame(messagesOf({ 'lib/src/a.ts': lines(300) }), [])
  t.match(messagesOf({ 'lib/src/a.ts': lines(301) }), [/^lib\/src\/a\.ts has 301 lines; at most 300: /])
})

test('a function has 50 lines and no more, whatever kind of function it is', async t => {
  for (const [kind, name] of [
    [(body: string) => `export function grow() ${body}`, 'grow'],
    [(body: string) => `const grow = () => ${body}`, 'grow'],
    [(body: string) => `class Tree { grow() ${body} }`, 'Tree.grow'],
    [(body: string) => `class Tree { constructor() ${body} }`, 'Tree.constructor'],
    [(body: string) => `class Tree { get height() ${body} }`, 'Tree.height'],
    [(body: string) => `const tree = { grow() ${body} }`, 'tree.grow'],
    [(body: string) => `test('it grows', async t => ${body})`, "'it grows'"]
  ] as const) {
    t.strictSame(messagesOf({ 'lib/src/a.ts': kind(functionOf(50)) }), [])
    const [message] = messagesOf({ 'lib/src/a.ts': kind(functionOf(51)) })
    t.equal(message, `lib/src/a.ts: ${name} has 51 lines; at most 50: give its steps names`)
  }
})

test('a room holds ten files, tests apart', async t => {
  const files = (room: string, count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, i) => [`${room}/${i}.ts`, lines(20)]))
  t.strictSame(messagesOf(files('lib/src/room', 10)), [])
  t.strictSame(messagesOf({ ...files('lib/src/room', 10), ...files('lib/src/room/inner', 10) }), [])
  t.match(messagesOf(files('lib/src/room', 11)), [/^lib\/src\/room holds 11 files; at most 10: /])
  t.strictSame(messagesOf(files('lib/test/room', 11)), [])
})

test('a file under 20 lines belongs to its only user', async t => {
  const user = `import '../b/small.ts'\n${lines(20)}`
  t.match(messagesOf({ 'lib/src/a/user.ts': user, 'lib/src/b/small.ts': lines(19) }), [
    /^lib\/src\/b\/small\.ts has 19 lines, fewer than 20, and only lib\/src\/a\/user\.ts uses it: /
  ])
  t.strictSame(messagesOf({ 'lib/src/a/user.ts': user, 'lib/src/b/small.ts': lines(20) }), [])
  t.strictSame(messagesOf({ 'lib/src/a/user.ts': user, 'lib/src/a/too.ts': user, 'lib/src/b/small.ts': lines(19) }), [])
  t.strictSame(messagesOf({ 'lib/src/b/program.ts': lines(5) }), [], 'a program has no user')
})

test('no name is exported by two rooms', async t => {
  for (const declaration of ['class A {}', 'type A = 1', 'interface A {}', 'function A() {}', 'const A = 1']) {
    const files = { 'lib/src/a/a.ts': `export ${declaration}`, 'lib/src/b/b.ts': 'export class A {}' }
    t.match(messagesOf(files), [/^lib\/src\/a\/a\.ts, lib\/src\/b\/b\.ts each export A; /], declaration)
  }
  t.strictSame(messagesOf({ 'lib/src/a/a.ts': 'class A {}', 'lib/src/b/b.ts': 'export class A {}' }), [])
  t.strictSame(messagesOf({ 'lib/src/a/a.ts': 'export class A {}', 'lib/src/a/b.ts': 'export class A {}' }), [])
  t.strictSame(messagesOf({ 'lib/src/a/a.ts': 'export class A {}', 'harness/src/a.ts': 'export class A {}' }), [])
  const handedOn = {
    'lib/src/a/a.ts': `export class A {}\n${lines(20)}`,
    'lib/src/b/b.ts': "export { A } from '../a/a.ts'"
  }
  t.strictSame(messagesOf(handedOn), [])
})

test('no file imports itself by way of others, not even for a type, and no circle hides behind another', async t => {
  const importing = (...files: string[]) =>
    files.map(file => `import type { A } from './${file}.ts'\n`).join('') + lines(20)
  t.strictSame(messagesOf({ 'lib/src/a.ts': importing('b', 'c'), 'lib/src/b.ts': importing('c') }), [])
  t.match(
    messagesOf({ 'lib/src/a.ts': importing('b'), 'lib/src/b.ts': importing('c'), 'lib/src/c.ts': importing('a') }),
    [/^lib\/src\/a\.ts -> lib\/src\/b\.ts -> lib\/src\/c\.ts -> lib\/src\/a\.ts: an import circle; /]
  )
  const two = { 'lib/src/a.ts': importing('b'), 'lib/src/b.ts': importing('a', 'c'), 'lib/src/c.ts': importing('b') }
  t.equal(messagesOf(two).length, 2)
})

test('the parts import each other in one direction, and the core by its index', async t => {
  for (const [path, specifier, isRefused] of [
    ['lib/src/libp2p/a.ts', '../core/book/address-book.ts', true],
    ['lib/src/libp2p/records/a.ts', '../../core/index.ts', false],
    ['harness/src/a.ts', '@gossip-discovery/libp2p', true],
    ['harness/src/judge/a.ts', '@gossip-discovery/libp2p/core', true],
    ['harness/src/a.ts', '../../lib/src/index.ts', true],
    ['harness/src/node/a.ts', '@gossip-discovery/libp2p', false],
    ['harness/src/simulation/a.ts', '@gossip-discovery/libp2p/core', false],
    ['harness/src/a.ts', '../test/a.ts', true],
    ['harness/test/a.ts', '../src/a.ts', false]
  ] as const) {
    const messages = messagesOf({ [path]: `import '${specifier}'` })
    t.equal(messages.length, isRefused ? 1 : 0, `${path} ${specifier}`)
    if (isRefused) t.ok(messages[0]!.startsWith(`${path} imports ${specifier}: `))
  }
})

test('no test sleeps', async t => {
  for (const sleep of ["import { setTimeout } from 'node:timers/promises'", 'setTimeout(() => {}, 20)']) {
    t.match(messagesOf({ 'lib/test/a.test.ts': sleep }), [/^lib\/test\/a\.test\.ts sleeps 1 times: /], sleep)
    t.strictSame(messagesOf({ 'lib/src/a.ts': sleep }), [])
  }
  t.strictSame(messagesOf({ 'lib/test/a.test.ts': "t.setTimeout(20)\nconst code = 'setTimeout(1)'" }), [])
})

const long = (size: number) => ({ rule: 'long files', place: 'a.ts', size, message: `a.ts has ${size} lines` })
const exceptions = { 'long files': { 'a.ts': 310, 'b.ts': 400 } }

test('an exception is one of its size: it may not grow, and what it no longer needs is to be taken back', async t => {
  const b = { ...long(400), place: 'b.ts' }
  t.strictSame(faultsOf([long(310), b], exceptions), [])
  t.strictSame(faultsOf([long(311), b], exceptions), [
    'a.ts has 311 lines (an exception, but of 310: it may only shrink)'
  ])
  t.strictSame(faultsOf([long(305), b], exceptions), ['a.ts has shrunk from 310 to 305: npm run tidy -- --write'])
  t.strictSame(faultsOf([b], exceptions), ['long files: a.ts is no longer an exception: npm run tidy -- --write'])
})

test('to tighten the exceptions takes away and adds nothing', async t => {
  const found = [long(305), { ...long(900), place: 'new.ts' }]
  t.strictSame(tightened(found, exceptions), { 'long files': { 'a.ts': 305 } })
  t.strictSame(tightened([long(999)], exceptions), { 'long files': { 'a.ts': 310 } })
  t.strictSame(exceptionsFor(found), { 'long files': { 'a.ts': 305, 'new.ts': 900 } })
})

/** What would be found, were these all the files of the repository. */
function messagesOf(files: Record<string, string>): string[] {
  return findingsIn(Object.entries(files).map(([path, text]) => sourceOf(path, text))).map(({ message }) => message)
}
