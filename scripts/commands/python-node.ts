/** The node in Python that docs/CONTRACT.md shows, which the documentation's commands put under test. */
import { readFile } from 'node:fs/promises'

export async function pythonNode(): Promise<string> {
  const document = await readFile(new URL('../../docs/CONTRACT.md', import.meta.url), 'utf8')
  return /```python\n(.*?)```/s.exec(document)![1]!
}
