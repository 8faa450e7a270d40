import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'tap'
import { writeApiReference } from '../api-reference.ts'

test('the API reference says what the docstrings say; `npm run docs:api` writes it', async t => {
  const written = t.testdir()
  await writeApiReference(written)
  t.strictSame(await contents(new URL('../../docs/api', import.meta.url).pathname), await contents(written))
})

async function contents(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter(entry => entry.isFile()).map(entry => join(entry.parentPath, entry.name))
  return Object.fromEntries(
    await Promise.all(files.sort().map(async file => [file.slice(folder.length), await readFile(file, 'utf8')]))
  )
}
