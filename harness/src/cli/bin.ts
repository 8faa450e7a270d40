#!/usr/bin/env node
/** Imports nothing before it knows that this Node can run the rest. */
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)

if (major > 22 || (major === 22 && minor >= 18)) {
  const { keepCompiled } = await import('../cache-folder.ts')
  keepCompiled()
  const { main } = await import('./main.ts')
  process.exitCode = await main(process.argv.slice(2))
} else {
  process.stderr.write(`test-network: needs Node 22.18 or newer, and this is ${process.version}\n`)
  process.exitCode = 2
}
