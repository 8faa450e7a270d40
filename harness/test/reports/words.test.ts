import fc from 'fast-check'
import t from 'tap'
import type { History } from '../../src/history/history.ts'
import { judged } from '../../src/reports/judged.ts'
import { renderSummary } from '../../src/reports/terminal/terminal.ts'
import { completenessCurve, completenessOf, completenessReached } from '../../src/reports/words/completeness.ts'
import { culpritOf } from '../../src/reports/words/culprit.ts'
import { shareText } from '../../src/reports/words/figures/figures.ts'
import { headline } from '../../src/reports/words/headline.ts'
import { logLinesBeside } from '../../src/reports/words/log-lines.ts'
import { nextStepsOf, smallerCommand } from '../../src/reports/words/next-steps.ts'
import { chaptersOf } from '../../src/reports/words/story/chapters.ts'
import { evidenceOf, MAX_LINES, storyOfNode, storyOfPair } from '../../src/reports/words/story/stories.ts'
import { storedHistory } from '../planted/recorded.ts'
import { anyHistory } from '../toolkit/any-history.ts'
import { converged, historyOf } from '../toolkit/history-builder.ts'
import { killed } from '../toolkit/planned-history.ts'
import { unhealed } from './unhealed.ts'

const abc = ['a', 'b', 'c']

function numbered(size: number): string[] {
  return Array.from({ length: size }, (_, i) => `n${i + 1}`)
}

function lastTenLines(history: History): string {
  const text = renderSummary(judged(history), { colour: false, width: 80, artefactsPath: 'runs/x' })
  return text.trimEnd().split('\n').slice(-10).join('\n')
}

/** Prepared failures: what the end of the output says of each, the line that shows it, and whose log is to be read. */
const FAILURES = {
  alive: [/^FAIL {2}n3 died with exit code 9 at 1\.49 s/m, /line 41 at 1\.49 s: n3 died with exit code 9/, 'n3'],
  'news-only': [/^FAIL {2}n3 brought back a node that was gone: it listed n4 again/m, /line 59 at 1\.75 s: n3 l/, 'n3'],
  hung: [/^FAIL {2}n3 hung at 4\.69 s: it did not answer/m, /line 183 at .*: n3 had used/, 'n3'],
  'seq-said': [
    /^FAIL {2}n3 lied at 0\.82 s: it lists n2 with seq 1000000000001/m,
    /line 16 at 0\.82 s: n3 listed n2/,
    'n3'
  ]
} as const

for (const [name, [verdict, evidence, node]] of Object.entries(FAILURES)) {
  t.test(`the last ten lines of ${name} tell verdict, node, evidence and what to open`, async t => {
    const text = lastTenLines(await storedHistory(name))
    t.match(text, verdict)
    t.match(text, evidence)
    t.match(text, 'report     runs/x/report.html')
    t.match(text, `log        runs/x/${node}.log`)
    t.match(text, `explain    test-network explain runs/x ${node}`)
  })
}

t.test('the last ten lines of a split that did not heal tell its two sides, and since when they had time', async t => {
  const text = lastTenLines(unhealed())
  t.match(
    text,
    /^FAIL {2}n1-n3 and n4-n6 still do not list each other, although the split s1 was\n {6}healed at 8\.00 s$/m
  )
  t.match(text, 'line 48 at 5.00 s: n1 dropped n4')
})

t.test('a split that came together is no split in the headline', async t => {
  const history = converged(numbered(4)).exited('n3', { code: 1 }).ended('deadline')
  t.notMatch(headline(judged(history)), 'split')
})

t.test('a headline tells when the node did it, and not when the run ended', async t => {
  const late = converged(abc).at(5_730).exited('c', { signal: 'SIGKILL' }).at(6_320).ended('decided')
  t.match(headline(judged(late)), /^c was killed by SIGKILL at 5\.73 s/)
  t.notMatch(headline(judged(late)), '6.32')
})

t.test('a headline of an unknown run names the node, and says what to do', async t => {
  const history = historyOf(abc).started('a', 'b').spawned('c').meet('a', 'b').dumped('a', 'b').at(1_900)
  t.equal(headline(judged(history.ended('deadline'))), 'c never said ready within 1.90 s: its log may say why')
})

t.test('a node that nothing points at is not accused', async t => {
  const silent = judged(
    historyOf(abc)
      .started(...abc)
      .at(30_000)
      .dumped(...abc)
      .ended('deadline')
  )
  t.match(culpritOf(silent)?.sentence, /^nothing shows which node is at fault: /)
  t.notOk(nextStepsOf(silent, 'runs/x').some(({ kind }) => kind === 'log'))
})

t.test('nodes that were never started because the run was stopped early are told in one line, last', async t => {
  const names = numbered(24)
  const history = historyOf(names)
    .started('n1', 'n2', 'n3')
    .meet('n1', 'n2', 'n3')
    .at(3_000)
    .exited('n3', { code: 7 })
    .spawned('n4')
    .at(3_500)
    .dumped('n1', 'n2')
    .ended('decided')
  const text = renderSummary(judged(history), { colour: false, width: 200, artefactsPath: 'runs/x' })
  t.match(text, '? 22 complete: n5-n24 had not been started when the run was stopped early\n')
  t.match(text, '? 22 complete: n4 was still starting when the run was stopped early\n')
  t.notMatch(text, /Who misses whom|never-started|never-ready/, 'nobody is accused of it')
  t.ok(text.indexOf('? 24 ghosts') < text.indexOf('n5-n24 had not been started'), 'after every other doubt')
})

t.test('completeness is 100 % in the end exactly if rule 22 misses nobody, and never jumps beyond it', async () => {
  fc.assert(
    fc.property(anyHistory, history => {
      for (const { share } of completenessCurve(history)) {
        if (share < 0 || share > 1) throw new Error(`a share of ${share}`)
      }
    }),
    { numRuns: 200 }
  )
})

t.test('nodes that start later count from the beginning, and those that end count no longer', async t => {
  const history = converged(abc).at(3_000).exited('c', { code: 1 }).ended('deadline')
  const curve = completenessCurve(history)
  t.equal(curve[0]?.expected, 6, 'two nodes that know each other are not all')
  t.equal(completenessReached(curve, 0.5), 996)
  t.equal(completenessReached(curve, 1), 999)
  t.equal(completenessReached(curve, 1, 2_000), 2_000, 'what holds already is reached at once')
  t.same(completenessOf(judged(history).network), { listed: 2, expected: 2, share: 1 })
})

t.test('a share is never rounded up to the whole', async t => {
  t.equal(shareText(1), '100 %')
  t.equal(shareText(0.99999), '99.9 %')
  t.equal(shareText(0.8), '80 %')
})

t.test('the story of a run tells each phase with its figure and its bound', async t => {
  const history = killed({ detectWithinMs: 500 }).expired('a', 'c').expired('b', 'c').dumped('a', 'b').at(9_000)
  const chapters = chaptersOf(judged(history.ended('settled')))
  t.same(
    chapters.map(({ kind, state }) => `${kind} ${state}`),
    ['start done', 'full done', 'broken done', 'noticed done', 'end done']
  )
  t.match(
    chapters[3]?.text,
    /^No healthy node listed what fault s1 took away, 0\.0\d s after it began \(at most 0\.50 s\)$/
  )
  const late = chaptersOf(judged(unhealed())).find(({ kind }) => kind === 'whole')
  t.match(late, { state: 'late', title: 'whole again (s1)' })
})

t.test('the story of a pair has what one wrote of the other, and what became of both, and nothing else', async t => {
  const { lines, end } = storyOfPair(judged(converged(abc).exited('c', { code: 3 }).ended('deadline')), 'a', 'c')
  const texts = lines.map(({ text }) => text)
  t.ok(texts.includes('a listed c (epoch 1000, seq 1)'))
  t.ok(texts.includes('c died with exit code 3'))
  t.ok(texts.includes('a gave its book: 2 entries, one of them of c'))
  t.notOk(
    texts.some(text => text.includes('b ')),
    'what happened to others is no part of it'
  )
  t.equal(end, 'In the end a still lists c, which is not there any more')
})

t.test('the story of a pair ends with the cause why one lacks the other', async t => {
  const result = judged(unhealed())
  t.match(storyOfPair(result, 'n1', 'n4').end, 'In the end n1 does not list n4: observer-lost-it (expired at 5.00 s)')
  t.equal(storyOfPair(result, 'n1', 'n2').end, 'In the end n1 lists n2')
})

t.test('the story of a node ends with what it is blamed for, and has the lines that show it', async t => {
  const result = judged(await storedHistory('seq-said'))
  const { lines, end } = storyOfNode(result, 'n3')
  const [finding] = result.judgement.findings
  t.match(end, '18 seq-said: n3 lists n2')
  for (const { line, text } of evidenceOf(result, finding!))
    t.ok(lines.some(each => each.line === line && each.text === text))
  t.match(storyOfNode(result, 'n1').end, 'Nothing was found about n1')
})

t.test('a long story keeps its beginning and its end', async t => {
  const history = historyOf(['a', 'b']).started('a', 'b')
  for (let seq = 1; seq <= 2 * MAX_LINES; seq++) history.updated('a', 'b', { seq })
  const { lines, left } = storyOfPair(judged(history.ended('deadline')), 'a', 'b')
  t.equal(lines.length, MAX_LINES)
  t.ok(left > MAX_LINES)
  t.match(lines[0]?.text, 'the run started')
  t.match(lines.at(-1)?.text, 'the run ended at its deadline')
})

t.test('every story of any run can be told, and lets no control through', async () => {
  const unprintable = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u
  fc.assert(
    fc.property(anyHistory, history => {
      const result = judged(history)
      const [a = 'a', b = 'b'] = result.network.nodes.keys()
      const stories = [storyOfPair(result, a, b), storyOfNode(result, a)]
      const texts = stories.flatMap(({ lines, end }) => [...lines.map(({ text }) => text), end])
      const told = [...texts, headline(result), ...chaptersOf(result).map(({ text }) => text)]
      for (const text of told) if (unprintable.test(text)) throw new Error(text)
    }),
    { numRuns: 200 }
  )
})

t.test('a command is tried with half of the nodes, and otherwise as it was typed', async t => {
  const smaller = (command: string, nodes: number) => {
    const [start, ...rest] = historyOf(numbered(nodes)).ended('deadline')
    return smallerCommand(judged([{ ...start!, command } as History[number], ...rest]))
  }
  t.equal(smaller('test-network 10 30', 10), 'test-network 5 30')
  t.equal(smaller("test-network 30 30 --node-command 'x 30'", 30), "test-network 15 30 --node-command 'x 30'")
  t.equal(smaller('test-network --json 10 10', 10), 'test-network --json 5 10')
  t.equal(smaller('test-network run split 12 --seed 12', 12), 'test-network run split 6 --seed 12')
  t.equal(smaller('test-network run split', 12), 'test-network run split 6')
  t.equal(smaller('test-network --bootstrap 10', 10), undefined, 'the number of something else is left alone')
  t.equal(smaller('test-network 4 30', 4), undefined, 'what is small already is not made smaller')
})

t.test('lines of a log are those beside the moment, or the last ones where none tells its time', async t => {
  const timed = Array.from({ length: 60 }, (_, i) => `2026-01-01T00:00:${String(i).padStart(2, '0')}.000Z line ${i}`)
  const wallMs = Date.parse('2026-01-01T00:00:30.500Z')
  const { lines, which } = logLinesBeside(timed.join('\n'), wallMs, 4)
  t.equal(which, 'beside')
  t.same(
    lines.map(line => line.slice(25)),
    ['line 29', 'line 30', 'line 31', 'line 32']
  )
  t.same(logLinesBeside('one\ntwo\u001b[2J\n\nthree\n', wallMs, 2), { lines: ['two\ufffd[2J', 'three'], which: 'last' })
})
