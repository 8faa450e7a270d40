import { execFileSync } from 'node:child_process'
import { test } from 'tap'
import { brokenLinks, headingsOf } from '../markdown.ts'

const root = new URL('../..', import.meta.url).pathname

test('every link in the Markdown files of the repository leads to a file and to an anchor in it', async t => {
  const files = execFileSync('git', ['ls-files', '*.md'], { cwd: root, encoding: 'utf8' }).trim().split('\n')
  t.ok(files.includes('README.md') && files.includes('docs/api/@gossip-discovery/libp2p.md'))
  t.strictSame(await brokenLinks(root, files), [])
})

test('a link that leads nowhere is found, whatever its form', async t => {
  const page = [
    '# The page',
    '[a](other.md) [b](other.md#two) [c](#the-page) [d](https://example.com/#x) [e](other.md#marked)',
    '[f](gone.md) ![g](gone.png) [h](other.md#three) [i](#gone) <a href="gone.html">j</a> [k](../outside.md)',
    '[l]: gone-too.md',
    'like `[n](in-code.md)`, and [`o`](other.md)',
    '```md',
    '[m](in-code.md)',
    '```'
  ]
  const folder = t.testdir({ 'page.md': page.join('\n'), 'other.md': '# One\n\n## Two\n\n<a id="marked"></a>\n' })
  const broken = ['gone.md', 'gone.png', 'other.md#three', '#gone', '../outside.md', 'gone-too.md', 'gone.html']
  t.strictSame(
    await brokenLinks(folder, ['page.md']),
    broken.map(link => `page.md: ${link}`)
  )
})

test('headings have the anchors that GitHub gives them', async t => {
  const page = [
    '# Twice',
    '## Twice',
    '### `code()` & more, **bold**',
    '```sh',
    '# a comment',
    '```',
    '## Ünï_code 1.2'
  ]
  t.strictSame(
    headingsOf(page.join('\n')).map(({ anchor }) => anchor),
    ['twice', 'twice-1', 'code--more-bold', 'ünï_code-12']
  )
})
