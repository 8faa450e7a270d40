/** What is in a tarball: all that is needed, and nothing else. */
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { isBuiltin } from 'node:module'
import { dirname, join } from 'node:path'
import type { Tarball } from './pack.ts'

const ALLOWED = [
  /^package\.json$/,
  /^README\.md$/,
  /^LICENSE-(APACHE|MIT)$/,
  /^dist\/.+\.(js|js\.map|d\.ts|d\.ts\.map)$/,
  /^src\/.+\.ts$/
]

export async function checkContents(tarball: Tarball): Promise<void> {
  const { files } = tarball
  refuse(
    'belong into no package',
    files.filter(file => !ALLOWED.some(pattern => pattern.test(file)))
  )
  refuse(
    'are missing',
    ['README.md', 'LICENSE-APACHE', 'LICENSE-MIT'].filter(file => !files.includes(file))
  )
  refuse('have no source beside them', await withoutSource(tarball))
  refuse('are imported and not declared', await undeclaredImports(tarball))
  console.log('  contents: complete, maps lead to sources, every import is declared')
}

function refuse(what: string, found: string[]): void {
  if (found.length > 0) throw new Error(`${found.length} ${what}: ${found.join(', ')}`)
}

async function withoutSource({ folder, files }: Tarball): Promise<string[]> {
  const maps = files.filter(file => file.endsWith('.map'))
  const missing = maps.map(async file => {
    const { sources } = JSON.parse(await readFile(join(folder, file), 'utf8')) as { sources: string[] }
    return sources.every(source => existsSync(join(folder, dirname(file), source))) ? [] : [file]
  })
  return (await Promise.all(missing)).flat()
}

/** A package manager that keeps packages apart from each other gives a package only what it declares. */
async function undeclaredImports({ folder, files, manifest }: Tarball): Promise<string[]> {
  const declared = [manifest.name, ...Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies })]
  const imported = new Set<string>()
  for (const file of files.filter(file => /\.(js|d\.ts)$/.test(file))) {
    const code = (await readFile(join(folder, file), 'utf8')).replace(COMMENT, '')
    for (const [, name] of code.matchAll(IMPORT)) imported.add(name!)
  }
  return [...imported].filter(
    name => !isBuiltin(name) && !declared.includes(name) && !ONLY_IN_A_CHECKOUT.includes(name)
  )
}

/** A checkout of the harness bundles its node program; the package carries it. */
const ONLY_IN_A_CHECKOUT = ['esbuild']

/** The package's name in `from 'x/y'` and `import('x/y')`; relative paths begin with a dot. */
const IMPORT = /(?:from|import\()\s*["']((?:@[\w.-]+\/)?[\w][\w.:-]*)/g

/** Docstrings import things, too, in their examples. */
const COMMENT = /\/\*\*[\s\S]*?\*\//g
