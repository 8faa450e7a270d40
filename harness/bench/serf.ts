/** serf by HashiCorp, the measure of what a membership protocol costs. */
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import type { Program } from './fleet.ts'
import { MeasureError } from './measure-error.ts'
import { createSerfRunner, SERF_RPC_PORT } from './serf-runner.ts'

/**
 * serf of the PATH, or else out of Debian's package, which is unpacked into `cacheFolder` and not installed: installing it
 * would start a daemon that listens on all addresses.
 *
 * @returns its path, or why there is none
 */
export async function findSerf(cacheFolder: string): Promise<{ path: string } | { missing: string }> {
  const onPath = await execa('serf', ['version'], { reject: false })
  if (onPath.exitCode === 0) return { path: 'serf' }
  const path = join(cacheFolder, 'usr/bin/serf')
  if (existsSync(path)) return { path }
  try {
    await unpackPackage('serf', cacheFolder)
    return { path }
  } catch (error) {
    return { missing: `no serf on the PATH, and none from Debian: ${(error as Error).message.split('\n')[0]}` }
  }
}

export async function serfVersion(path: string): Promise<string> {
  return (await execa(path, ['version'])).stdout.split('\n')[0]!
}

/** Agents of serf as a program under measurement, with the defaults of serf's `lan` profile. */
export function serfProgram(path: string): Program {
  return {
    name: 'serf',
    runner: createSerfRunner(path),
    flags: { name: '-node', join: '-join' },
    async confirm(ips) {
      for (const ip of ips) {
        const { stdout } = await execa(path, [
          'members',
          '-status=alive',
          '-format=json',
          `-rpc-addr=${ip}:${SERF_RPC_PORT}`
        ])
        const { length } = JSON.parse(stdout).members
        if (length !== ips.length) throw new MeasureError(`\`serf members\` at ${ip} lists ${length} of ${ips.length}`)
      }
    }
  }
}

async function unpackPackage(name: string, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  const downloads = await mkdtemp(join(folder, 'download-'))
  try {
    const download = async () => await execa('apt-get', ['download', name], { cwd: downloads })
    // A fresh container has no lists of packages, and only root may fetch them.
    await download().catch(async () => {
      await execa('apt-get', ['update'])
      await download()
    })
    const [file] = await readdir(downloads)
    await execa('dpkg-deb', ['-x', join(downloads, file!), folder])
  } finally {
    await rm(downloads, { recursive: true, force: true })
  }
}
