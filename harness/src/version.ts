import { existsSync, readFileSync } from 'node:fs'

/** The version of this package, wherever a bundle has put the file that asks: that of the nearest package.json above it. */
export function version(): string {
  let path = new URL('package.json', import.meta.url)
  // Looked for by hand: packages that lie in archives (Yarn's Plug'n'Play) are files for `fs`, and unknown to `findPackageJSON`.
  while (!existsSync(path) && path.pathname !== '/package.json') path = new URL('../package.json', path)
  return JSON.parse(readFileSync(path, 'utf8')).version
}
