/** The image of our own nodes, collector and agents. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { ownCommand } from '../../program/own-command.ts'
import { systemFiles } from '../../program/system-files.ts'
import type { NodeImage } from '../cluster/objects.ts'
import { agentProgram, agentVersion, imageArchitecture } from './agent-program.ts'
import { writeArchive } from './archive.ts'

/** No registry has it: it is on the machines, or under another name in a registry that the user names. */
const REPOSITORY = 'gossip-testbed.invalid/node'

/** Our program in it, which starts with the code that V8 has compiled before. */
const OWN_COMMAND = ['/usr/bin/node', '/app/start.cjs', '/app/node.cjs', '/app/node.code-cache']

export interface ChosenImage {
  readonly image: NodeImage
  /** Program and leading arguments. */
  readonly command: readonly string[]
}

export interface ImageChoice {
  /** Of the program under test, or ours under another name; ours under its own name if undefined. */
  readonly image: string | undefined
  /** The program in an image of others. */
  readonly command: readonly string[] | undefined
  /** Ours under the name that it has in a registry; its own name if undefined. */
  readonly agentImage: string | undefined
  readonly say: (line: string) => void
}

/** A cluster does not tell which program an image starts: that of an image of others is named by the user. */
export async function chooseImage({ image, command, agentImage, say }: ImageChoice): Promise<ChosenImage> {
  if (image === undefined || command === undefined)
    return { image: { name: image ?? (await ownImageName(say)), agentImage: undefined }, command: OWN_COMMAND }
  return { image: { name: image, agentImage: agentImage ?? (await ownImageName(say)) }, command }
}

/** Equal for equal content. */
export async function ownImageName(say: (line: string) => void): Promise<string> {
  const [, start = '', program = ''] = await ownCommand(say)
  const hash = createHash('sha256').update(`${process.version} ${imageArchitecture()} ${agentVersion()}`)
  for (const path of [start, program]) hash.update(readFileSync(path))
  return `${REPOSITORY}:${hash.digest('hex').slice(0, 16)}`
}

/**
 * Writes the image as an archive; its name.
 *
 * @param name - another one than its own
 * @throws with what to do about it
 */
export async function writeOwnImage(
  path: string,
  name: string | undefined,
  say: (line: string) => void
): Promise<string> {
  if (process.platform !== 'linux')
    throw new Error('the image holds the Node of this host, which must be one for Linux: make it on Linux')
  const [, start = '', program = '', codeCache = ''] = await ownCommand(say)
  const image = name ?? (await ownImageName(say))
  say('writing the image')
  await writeArchive(path, {
    name: image,
    layers: [
      systemFiles(),
      { '/testbed-agent': await agentProgram(say) },
      { '/app/start.cjs': start, '/app/node.cjs': program, '/app/node.code-cache': codeCache }
    ],
    entrypoint: OWN_COMMAND
  })
  return image
}
