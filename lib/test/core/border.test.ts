/** The border of the core: the compiler refuses what is not pure, the linter refuses clocks, dice and packages. */
import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Test, test } from 'tap'
import ts from 'typescript'

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))
const CORE = join(ROOT, 'lib/src/core')

type Probes = Record<string, string>

const uncompilable: Probes = {
  'a timer': 'export const a = setTimeout(() => {}, 1)',
  'the console': 'export const a = console.log(1)',
  'the process': 'export const a = process.env',
  'node:fs': "export * from 'node:fs'",
  'global crypto': 'export const a = crypto.randomUUID()',
  'a monotonic clock': 'export const a = performance.now()',
  'the network': "export const a = fetch('http://localhost')",
  'an encoder of the platform': 'export const a = new TextEncoder()',
  'an abort signal': 'export const a = AbortSignal.timeout(1)'
}

const unlintable: Probes = {
  'Date.now()': 'export const a = Date.now()',
  'a Date': 'export const a = new Date()',
  'a Date of a given time': 'export const a = new Date(5)',
  'Math.random()': 'export const a = Math.random()',
  'Math.random by another name': 'export const { random } = Math',
  'a clock by way of globalThis': 'export const a = globalThis.Date',
  'a package': "export * from '@multiformats/multiaddr'",
  'the adapter': "export * from '../libp2p/clock.ts'"
}

const pure: Probes = {
  'nothing but the language':
    "import type { Random } from './random.ts'\nexport const a = (random: Random) => random() + 1"
}

/** One compilation for all probes: it takes a second. */
const errors = compileErrors({ ...uncompilable, ...pure, 'the adapter': unlintable['the adapter']! })

test('what the core cannot use does not compile', async t => {
  for (const what of Object.keys(uncompilable)) t.ok(errors.has(what), what)
  for (const what of Object.keys(pure)) t.notOk(errors.has(what), `${what}, however, does`)
})

test('the core cannot reach into the adapter: it does not compile', async t => {
  t.match(errors.get('the adapter'), /is not listed within the file list/)
})

test('a room of the core reaches the others, and nothing outside the core', t => {
  const inRoom = { 'another room': "export * from '../book/address-book.ts'" }
  const beyond = { 'the adapter from a room': "export * from '../../libp2p/clock.ts'" }
  const report = lint(t, { ...inRoom, ...beyond }, 'lib/src/core/room')
  t.ok(report.includes(fileOf('the adapter from a room')))
  t.notOk(report.includes(fileOf('another room')))
  t.end()
})

test('what the core may not use is refused by the linter', async t => {
  const report = lint(t, { ...unlintable, ...pure })
  for (const what of Object.keys(unlintable)) t.ok(report.includes(fileOf(what)), what)
  for (const what of Object.keys(pure)) t.notOk(report.includes(fileOf(what)), `${what}, however, passes`)
})

/** What the compiler says of each probe, were it a file of the core. */
function compileErrors(probes: Probes): Map<string, string> {
  const codes = new Map(Object.entries(probes).map(([what, code]) => [join(CORE, fileOf(what)), { what, code }]))
  const { config } = ts.readConfigFile(join(CORE, 'tsconfig.json'), ts.sys.readFile)
  const { options, fileNames } = ts.parseJsonConfigFileContent(config, ts.sys, CORE)
  const host = ts.createCompilerHost(options)
  const { fileExists, readFile } = host
  host.fileExists = path => codes.has(path) || fileExists(path)
  host.readFile = path => codes.get(path)?.code ?? readFile(path)
  const program = ts.createProgram([...fileNames, ...codes.keys()], options, host)
  return new Map(
    ts.getPreEmitDiagnostics(program).map(({ file, messageText }) => {
      const { what } = codes.get(file?.fileName ?? '') ?? { what: 'the program' }
      return [what, ts.flattenDiagnosticMessageText(messageText, '\n')]
    })
  )
}

/** What the repository's linter says of the probes, were they files of the core. */
function lint(t: Test, probes: Probes, folder = 'lib/src/core'): string {
  const dir = t.testdir()
  mkdirSync(join(dir, folder), { recursive: true })
  for (const [what, code] of Object.entries(probes)) writeFileSync(join(dir, folder, fileOf(what)), `${code}\n`)
  copyFileSync(join(ROOT, 'lib/pure-core.grit'), join(dir, 'lib/pure-core.grit'))
  const { linter, overrides } = JSON.parse(readFileSync(join(ROOT, 'biome.json'), 'utf8'))
  writeFileSync(join(dir, 'biome.json'), JSON.stringify({ root: true, linter, overrides }))
  const biome = join(ROOT, 'node_modules/@biomejs/biome/bin/biome')
  try {
    execFileSync(process.execPath, [biome, 'lint', '--max-diagnostics=none', 'lib'], { cwd: dir, stdio: 'pipe' })
    return ''
  } catch (error) {
    const { stdout, stderr } = error as { stdout: Buffer; stderr: Buffer }
    return `${stdout}${stderr}`
  }
}

function fileOf(what: string): string {
  return `${what.replace(/\W+/g, '-')}.ts`
}
