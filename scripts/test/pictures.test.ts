import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'tap'
import { root } from '../packages/run.ts'
import { terminalPage } from '../pictures/terminal-page.ts'

const FOLDER = 'docs/pictures'

/** As in scripts/pictures/main.ts: a page that shows them loads as fast as before. */
const MAX_BYTES = 100_000

test('the README shows each picture that there is, and says in words what is on it', async t => {
  const readme = await readFile(join(root, 'README.md'), 'utf8')
  const shown = [...readme.matchAll(/!\[([^\]]*)\]\((docs\/pictures\/[^)]+)\)/g)]
  const pictures = (await readdir(join(root, FOLDER))).map(name => `${FOLDER}/${name}`)
  t.same(shown.map(([, , path]) => path).sort(), pictures.sort())
  t.equal(pictures.length, 2)
  for (const [, words = '', path = ''] of shown) {
    t.ok(words.length > 80, path)
    const { size } = await stat(join(root, path))
    t.ok(size > 10_000 && size < MAX_BYTES, `${path}: ${size} bytes`)
  }
})

test('the picture of a terminal has what was typed and what came of it, and no empty rows below', async t => {
  const row = (text: string): string => `<div><span>${text}</span></div>`
  const screen = `<html><body><pre><div>${row('FAIL')}${row(' ')}${row('why')}${row('  ').repeat(3)}</div></pre></body></html>`
  const page = terminalPage("a 'b' <c>", screen)
  t.match(page, /<span class="prompt">\$<\/span> a 'b' &#60;c&#62;\n/)
  t.match(page, /FAIL<\/span><\/div><div><span> <\/span><\/div><div><span>why<\/span><\/div><\/div><\/pre>/)
})
