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
  /^dist\/.+\.(js|cjs|js\.map|d\.ts|d\.ts\.map)$/,
  /^src\/.+\.ts$/,
  /^src\/runners\/kubernetes\/agent\/([a-z]+\.go|go\.mod)$/,
  /^docs\/(CONTRACT\.md|(contract|scenario|history|result|adapter|comparison)\.schema\.json)$/,
  /^man\/test-network\.1$/,
  /^completion\/test-network\.(bash|zsh|fish)$/,
  /^scenarios\/(compare\/)?[a-z-]+\.yaml$/,
  /^adapters\/[a-z-]+\/([a-z0-9_-]+\.(yaml|json|ts|d\.ts|go|mod|sum|sh)|(Cargo|rustfmt)\.toml|src\/[a-z-]+\.rs)$/
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
  refuse('are imported and not in the package', await missingImports(tarball))
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
async function undeclaredImports(tarball: Tarball): Promise<string[]> {
  const { dependencies, peerDependencies, name } = tarball.manifest
  const declared = [name, ...Object.keys({ ...dependencies, ...peerDependencies }), ...ONLY_IN_A_CHECKOUT]
  const imported = (await importsOf(tarball)).map(({ path }) => path).filter(path => !path.startsWith('.'))
  const packages = imported.map(path => path.match(/^(@[^/]+\/)?[^/]+/)![0])
  return [...new Set(packages)].filter(name => !isBuiltin(name) && !declared.includes(name))
}

/** A checkout of the harness bundles its node program; the package carries it. */
const ONLY_IN_A_CHECKOUT = ['esbuild']

async function missingImports(tarball: Tarball): Promise<string[]> {
  const imported = (await importsOf(tarball)).filter(({ file, path }) => file.endsWith('.js') && path.startsWith('.'))
  const files = imported.map(({ file, path }) => join(dirname(file), path))
  return files.filter(file => !existsSync(join(tarball.folder, file)))
}

async function importsOf({ folder, files }: Tarball): Promise<{ file: string; path: string }[]> {
  // An adapter is installed by itself, where it is used, with what its own package.json declares.
  const code = files.filter(file => /\.(js|d\.ts)$/.test(file) && !file.startsWith('adapters/'))
  const imports = code.map(async file => {
    const content = (await readFile(join(folder, file), 'utf8')).replace(COMMENT, '')
    return [...content.matchAll(IMPORT)].map(([, path]) => ({ file, path: path! }))
  })
  return (await Promise.all(imports)).flat()
}

/** The path in `from 'x/y'` and `import('x/y')`. */
const IMPORT = /(?:\bfrom|\bimport\()\s*["']([\w.@][\w./:@-]*)["']/g

/** Docstrings import things, too, in their examples. */
const COMMENT = /\/\*\*[\s\S]*?\*\//g
