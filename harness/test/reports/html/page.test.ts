/** report.html as text: what is in it, and what is not. */
import { hash } from 'node:crypto'
import { test } from 'tap'
import type { History } from '../../../src/history/history.ts'
import { pageAssets } from '../../../src/reports/html/assets.ts'
import { renderHtml } from '../../../src/reports/html/html.ts'
import { judged } from '../../../src/reports/judged.ts'
import { attacked, unprintable } from '../../toolkit/attacked-history.ts'
import { converged, historyOf } from '../../toolkit/history-builder.ts'
import { largeHistory } from '../../toolkit/large-history.ts'

const assets = await pageAssets('report')
const htmlOf = (history: History) => renderHtml(judged(history), assets)
/** Without the script, which is the same in every page. */
const bodyOf = (history: History) => renderHtml(judged(history), { script: '', style: '' })

/** n1-n3 and n4-n6 know only each other, n7 was never ready, n8 died. */
function split(): History {
  return historyOf(numbered(8))
    .started(...numbered(6))
    .spawned('n7')
    .meet('n1', 'n2', 'n3')
    .meet('n4', 'n5', 'n6')
    .started('n8')
    .at(3_000)
    .exited('n8', { signal: 'SIGKILL', stderrTail: ['starting', 'Error: boom', 'token=abc123'] })
    .at(30_000)
    .dumped(...numbered(6))
    .ended('deadline')
}

test('a page may run its own script and use its own style sheet, and nothing else', async t => {
  const html = htmlOf(split())
  const css = /<style>(.*?)<\/style>/s.exec(html)?.[1] ?? ''
  const script = /<script>(.*?)<\/script>/s.exec(html)?.[1] ?? ''
  const policy = /Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1]?.replaceAll('&#39;', "'") ?? ''
  t.match(policy, `script-src 'sha256-${hash('sha256', script, 'base64')}';`)
  t.match(policy, `style-src 'sha256-${hash('sha256', css, 'base64')}';`)
  t.match(policy, /^default-src 'none';.*base-uri 'none'; form-action 'none'$/)
  t.notMatch(policy, /unsafe|connect-src|http/)
  t.equal(html.match(/<script/g)?.length, 2, 'the data and the script')
  t.match(css, 'prefers-color-scheme: dark')
  t.match(html, '<html lang="en">')
})

test('a page asks nobody for anything', async t => {
  const html = bodyOf(split())
  t.notMatch(html, /\ssrc=|\sstyle=|@import|url\(|https?:/)
  const links = [...html.matchAll(/\shref="([^"]*)"/g)].map(([, to]) => to)
  t.strictSame([...new Set(links)], ['#logs'])
})

test('without its script a page says verdict, cause, evidence, story, findings, logs, figures and checks', async t => {
  const history = converged(numbered(3)).found('n1', 'line is not JSON', '{oops', 12).stats('n2', { cpuMs: 1_234 })
  const html = bodyOf(
    history
      .exited('n3', { code: 3, stderrTail: ['Error: boom'] })
      .at(9_000)
      .ended('deadline')
  )
  const headings = [...html.matchAll(/<h2[^>]*>([^<]*)/g)].map(([, heading]) => heading)
  for (const heading of ['The story of the run', 'Findings', 'Checks', 'Who misses whom', 'Figures', 'Time line']) {
    t.ok(headings.includes(heading), heading)
  }
  t.match(html, /<span class="badge fail">FAIL<\/span> n1 breaks the contract/)
  t.match(html, /<strong>Why<\/strong> n1: line-refused \(shown, line \d+ of history\.ndjson\)/)
  t.match(html, 'line is not JSON</td><td class="text"><code>{oops</code>')
  t.match(html, /n3 died with exit code 3/)
  t.match(html, '<code>Error: boom</code>')
  t.match(html, '1.23 s</td>')
})

test('the first screen names the command that repeats the run', async t => {
  t.match(
    bodyOf(split()),
    /<code>test-network 8 30<\/code> <button type="button" class="copy with-script" data-copy="test-network 8 30">/
  )
})

test('who misses whom is told in groups, each with its cause', async t => {
  const html = bodyOf(split())
  t.match(html, /<td class="names">n1-n6<\/td><td class="names">n7<\/td><td class="text">never-ready<\/td>/)
  t.match(html, /<td class="names">n1-n3<\/td><td class="names">n4-n6<\/td><td class="text">no-evidence/)
  t.equal(html.match(/class="letter"/g)?.length, 3 * 3 * 2 + 6, 'each missing listing has the letter of its cause')
})

test('what a log says of secrets is not handed on', async t => {
  const html = bodyOf(split())
  t.match(html, 'token=[redacted]')
  t.notMatch(html, 'abc123')
})

test('nothing that a node writes becomes markup, ends the data, or moves text', async t => {
  const html = bodyOf(attacked())
  const data = /<script type="application\/json" id="data">(.*?)<\/script>/s.exec(html)?.[1] ?? ''
  t.notMatch(data, '<')
  t.ok(JSON.parse(data).nodes.length === 5, 'it is whole')
  const tags = (html.replace(data, '').match(/<[^\s>/]*[^\s>]*/g) ?? []).filter(tag => !OWN_TAGS.test(tag))
  t.strictSame(tags, [])
  t.notMatch(html.replace(/"[^"]*"/g, '""'), /<[^>]*\son\w+=/, 'no attribute but our own')
  t.notMatch(html, unprintable)
})

const OWN_TAGS = new RegExp(
  `^</?(${[
    '!doctype|html|head|meta|title|style|script|body|main|section|h[123]|p|div|span|strong|small|code|pre|br|a',
    'dl|dt|dd|ul|ol|li|details|summary|table|caption|thead|tbody|tr|th|td|svg|rect|path|text',
    'form|label|select|option|button|output'
  ].join('|')})$`
)

test('a page of 500 nodes stays small', async t => {
  const html = bodyOf(
    historyOf(numbered(500))
      .started(...numbered(500))
      .at(9_000)
      .ended('deadline')
  )
  t.ok(html.length < 3_000_000, `${html.length} bytes`)
})

test('a page of 200 nodes, of whose every pair the story can be told, is smaller than 3 MB', async t => {
  const history = largeHistory()
  const joins = history.filter(event => event.type === 'line' && event.line.type === 'joined').length
  t.ok(joins >= 39_800 && history.length >= 49_800)
  const result = judged(history)
  const startedMs = performance.now()
  const html = renderHtml(result, assets)
  t.comment(`${Buffer.byteLength(html)} bytes, written in ${Math.round(performance.now() - startedMs)} ms`)
  t.ok(Buffer.byteLength(html) < 3_000_000, `${Buffer.byteLength(html)} bytes`)
})

function numbered(size: number): string[] {
  return Array.from({ length: size }, (_, i) => `n${i + 1}`)
}
