/** What fuzzing has found, and the attacks that were known before, are read as expected; and fuzzing would find such a thing. */
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'tap'
import { campaign, judge } from './campaign.ts'
import { TARGETS, type Target } from './targets.ts'

/** In CI a campaign of its own tries more. */
const INPUTS = 500
const SEED = 1

for (const target of TARGETS) {
  for (const [name, input] of regressionsOf(target)) {
    test(`${target.name} ${name}: is read as an independent reader reads it, within 10 ms and 1 MiB`, async t => {
      t.equal(judge(target, input).what, undefined)
    })
  }

  test(`${INPUTS} inputs of the ${target.name}, half of them valid, are read as expected`, async t => {
    const { accepted, refused, finding } = campaign(target, SEED, tried => tried < INPUTS)
    t.equal(finding, undefined)
    t.ok(accepted >= INPUTS / 2)
    t.ok(refused > 0)
  })
}

const [envelope, , frame] = TARGETS as [Target, Target, Target, Target]

const broken: [what: string, target: Target, found: RegExp][] = [
  ['accepts what PROTOCOL does not allow', { ...frame, read: frame.read, expected: () => undefined }, /is accepted/],
  ['refuses what PROTOCOL allows', { ...frame, read: () => undefined }, /is refused/],
  ['reads something else', { ...frame, read: bytes => frame.read(bytes) && { type: 'ping' } }, /as something else/],
  ['throws another error', { ...envelope, read: () => JSON.parse('') }, /^throws SyntaxError/],
  ['spends processor time', { ...frame, read: bytes => spend(() => frame.read(bytes)) }, /^costs/],
  ['takes memory', { ...frame, read: bytes => [Array(2 ** 18).fill(0.5), frame.read(bytes)][1] }, /^costs/]
]

for (const [what, target, found] of broken) {
  test(`a reader that ${what} is found`, async t => {
    t.match(campaign(target, SEED, tried => tried < INPUTS).finding?.what, found)
  })
}

test('a campaign is repeated by its seed', async t => {
  const inputsOf = (seed: number) => {
    const inputs: string[] = []
    const noted: Target = {
      ...frame,
      expected: bytes => inputs.push(Buffer.from(bytes).toString('hex')) && frame.expected(bytes)
    }
    campaign(noted, seed, tried => tried < 50)
    return inputs
  }
  t.same(inputsOf(3), inputsOf(3))
  t.not(inputsOf(3).join(), inputsOf(4).join())
})

function regressionsOf({ name }: Target): [name: string, input: Uint8Array][] {
  const folder = new URL(`regressions/${name}/`, import.meta.url)
  return readdirSync(folder).map(file => {
    const hex = readFileSync(new URL(file, folder), 'utf8').trim()
    return [file.replace(/\.hex$/, '').replaceAll('-', ' '), Uint8Array.from(Buffer.from(hex, 'hex'))]
  })
}

function spend(read: () => unknown): unknown {
  const start = process.cpuUsage()
  let result: unknown
  do result = read()
  while (process.cpuUsage(start).user < 15_000)
  return result
}
