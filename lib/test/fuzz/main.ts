/**
 * `npm run fuzz -- <target> [--inputs N] [--minutes M] [--seed S]`: tries hostile and valid bytes on one entrance of the library.
 *
 * Without a coverage-guided fuzzer, since none of those on npm that are looked after loads on every platform of this project.
 */
import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { campaign, type Finding } from './campaign.ts'
import { TARGETS } from './targets.ts'

const USAGE = `usage: npm run fuzz -- <${TARGETS.map(({ name }) => name).join('|')}> [--inputs N] [--minutes M] [--seed S]\n`
const DEFAULT_INPUTS = 100_000
const PROGRESS_MS = 10_000

process.exitCode = main(process.argv.slice(2))

/** 0 when nothing was found, 1 for a finding, 2 for wrong usage. */
function main(argv: readonly string[]): number {
  const usage = parsedUsage(argv)
  if (usage === undefined) {
    process.stderr.write(USAGE)
    return 2
  }
  const { target, inputs, minutes, seed } = usage
  const startMs = performance.now()
  let nextProgressMs = startMs + PROGRESS_MS
  const { accepted, refused, finding } = campaign(target, seed, tried => {
    const nowMs = performance.now()
    if (nowMs >= nextProgressMs) {
      process.stderr.write(`${tried} inputs, ${Math.round((nowMs - startMs) / 1_000)} s\n`)
      nextProgressMs = nowMs + PROGRESS_MS
    }
    return tried < inputs && nowMs - startMs < minutes * 60_000
  })
  const seconds = Math.round((performance.now() - startMs) / 1_000)
  process.stdout.write(
    `${target.name}: ${accepted + refused} inputs in ${seconds} s, seed ${seed}, ${accepted} accepted, ${refused} refused\n`
  )
  if (finding === undefined) return 0
  process.stdout.write(`${target.name}: ${finding.what}\nkept in ${keep(target.name, finding)}\n`)
  return 1
}

function parsedUsage(argv: readonly string[]) {
  try {
    const { values, positionals } = parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: { inputs: { type: 'string' }, minutes: { type: 'string' }, seed: { type: 'string' } }
    })
    const target = TARGETS.find(({ name }) => name === positionals[0])
    const minutes = Number(values.minutes ?? Number.POSITIVE_INFINITY)
    const inputs = Number(values.inputs ?? (values.minutes === undefined ? DEFAULT_INPUTS : Number.POSITIVE_INFINITY))
    const seed = Number(values.seed ?? Date.now() % 2 ** 31)
    const isUsable = positionals.length === 1 && minutes > 0 && inputs > 0 && Number.isInteger(seed)
    return target !== undefined && isUsable ? { target, inputs, minutes, seed } : undefined
  } catch {
    return undefined
  }
}

/** Where `fuzz.test.ts` finds it. */
function keep(target: string, { input }: Finding): string {
  const folder = fileURLToPath(new URL(`regressions/${target}/`, import.meta.url))
  mkdirSync(folder, { recursive: true })
  const path = `${folder}${createHash('sha256').update(input).digest('hex').slice(0, 12)}.hex`
  writeFileSync(path, `${Buffer.from(input).toString('hex')}\n`)
  return path
}
