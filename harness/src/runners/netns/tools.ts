/** The programs of the system that make and break networks. */
import { accessSync, constants, realpathSync } from 'node:fs'
import { delimiter, join } from 'node:path'

const PACKAGES = {
  ip: 'iproute2',
  tc: 'iproute2',
  nft: 'nftables',
  mount: 'util-linux',
  nsenter: 'util-linux',
  unshare: 'util-linux'
} as const

/** The absolute path of each. */
export type Tools = Record<keyof typeof PACKAGES, string>

/** Where administrators' programs lie, which are not on the PATH of every user. */
const SYSTEM_FOLDERS = ['/usr/local/sbin', '/usr/sbin', '/sbin']

/** @throws with what is missing, and what would help */
export function findTools(
  platform: NodeJS.Platform = process.platform,
  path = process.env.PATH ?? '',
  systemFolders: readonly string[] = SYSTEM_FOLDERS
): Tools {
  if (platform !== 'linux') {
    throw new Error(
      `--runner netns needs the network namespaces of Linux, and this is ${platform}; use --runner process`
    )
  }
  const folders = [...path.split(delimiter).filter(folder => folder !== ''), ...systemFolders]
  const found = Object.keys(PACKAGES).map(name => [name, findIn(folders, name)] as const)
  const missing = found.filter(([, program]) => program === undefined).map(([name]) => name as keyof Tools)
  if (missing.length > 0) {
    const packages = [...new Set(missing.map(name => PACKAGES[name]))].join(' ')
    throw new Error(
      `--runner netns needs ${missing.join(', ')}, not found here; install ${packages} (apt-get install ${packages})`
    )
  }
  return Object.fromEntries(found) as Tools
}

function findIn(folders: readonly string[], name: string): string | undefined {
  for (const folder of folders) {
    const path = join(folder, name)
    try {
      accessSync(path, constants.X_OK)
      // Where the system lies behind links in /run, they cannot be followed in a namespace with a /run of its own.
      return path.startsWith('/run/') ? realpathSync(path) : path
    } catch {}
  }
  return undefined
}
