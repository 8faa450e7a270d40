/** The agent of the pods, from its source: a static program of 3 MB, since the images of others hold no Node. */

import { createHash, randomUUID } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { userCacheFolder } from '../../../cache-folder.ts'
import { printable } from '../../../printable.ts'

const BUILD_WITHIN_MS = 600_000

/** Of Node's names for processors, Go's. */
const GO_ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' }

/** That of the cluster's machines is taken to be this host's. */
export function imageArchitecture(): string {
  return GO_ARCHITECTURES[process.arch] ?? process.arch
}

/** Equal for equal sources. */
export function agentVersion(): string {
  const hash = createHash('sha256')
  for (const name of sourceNames()) hash.update(name).update(readFileSync(join(sourceFolder(), name)))
  return hash.digest('hex').slice(0, 16)
}

/**
 * The path of the program, which is built once.
 *
 * @throws with what to do about it
 */
export async function agentProgram(say: (line: string) => void): Promise<string> {
  const path = join(userCacheFolder(), `agent-${agentVersion()}-${imageArchitecture()}`)
  if (existsSync(path)) return path
  say('building the agent of the pods')
  const temporary = `${path}.${randomUUID()}.tmp`
  const built = await execa('go', ['build', '-trimpath', '-ldflags=-s -w', '-o', temporary, '.'], {
    cwd: sourceFolder(),
    env: { CGO_ENABLED: '0', GOOS: 'linux', GOARCH: imageArchitecture(), GOFLAGS: '-mod=mod', GOWORK: 'off' },
    stdin: 'ignore',
    timeout: BUILD_WITHIN_MS,
    reject: false
  })
  if (built.failed) {
    const why = built.code === 'ENOENT' ? 'there is no Go on this host' : printable(built.stderr.trim(), 300)
    throw new Error(
      `the agent of the pods cannot be built: ${why || built.shortMessage}. Install Go 1.21 or newer (https://go.dev/dl), which only ` +
        'the making of the image needs.'
    )
  }
  renameSync(temporary, path)
  return path
}

/** The built package has the source of the agent beside its own. */
function sourceFolder(): string {
  const isSource = import.meta.url.endsWith('.ts')
  return fileURLToPath(new URL(isSource ? '../agent' : '../../../../src/runners/kubernetes/agent', import.meta.url))
}

function sourceNames(): string[] {
  return readdirSync(sourceFolder())
    .filter(name => name.endsWith('.go') || name === 'go.mod')
    .sort()
}
