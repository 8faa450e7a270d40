/** What an adapter.yaml may hold. docs/adapter.schema.json is generated from it, docs/guide/adapters.md says it in prose. */
import { z } from 'zod'

/** What a build may need that a machine may lack: each is a program of the PATH. */
export const TOOLS = ['npm', 'go', 'cargo', 'apt-get', 'dpkg-deb'] as const
export type Tool = (typeof TOOLS)[number]

const NAME = 'small letters, digits and hyphens, at most 40 characters, such as memberlist'
const TEXT = 'one line of at most 400 characters'
const ARGV = 'a program and its arguments as a list of texts, such as [go, build, .]'
const FILE = 'a file of the adapter, such as memberlist or dist/main.js'

const folderName = z.string({ error: NAME }).regex(/^[a-z0-9][a-z0-9-]{0,39}$/, { error: NAME })
const text = z.string({ error: TEXT }).regex(/^\P{Cc}{1,400}$/u, { error: TEXT })
const word = z.string({ error: ARGV }).regex(/^\P{Cc}{1,400}$/u, { error: ARGV })
const argv = z.array(word, { error: ARGV }).min(1, { error: ARGV })
const file = z.string({ error: FILE }).regex(/^(?!.*\.\.)[\w][\w./-]{0,199}$/, { error: FILE })

const build = z.strictObject({
  tools: z
    .array(z.enum(TOOLS, { error: `one of ${TOOLS.join(', ')}` }), { error: `a list of ${TOOLS.join(', ')}` })
    .describe('programs of the PATH without which it cannot be built'),
  with: z
    .array(folderName, { error: 'a list of folders beside this one' })
    .optional()
    .describe('folders beside this one that are copied along, and reached as ../<folder>'),
  commands: z.array(argv, { error: 'a list of commands' }).describe('run one after the other in a copy of this folder'),
  makes: z
    .array(file, { error: 'a list of files' })
    .min(1, { error: 'a list of at least one file' })
    .describe('what is there afterwards: the build has failed without it')
})

export const adapterSchema = z.strictObject({
  name: folderName.describe('of the folder that this file lies in'),
  title: text.describe('what the system is called in tables'),
  about: text.describe('what the system is, in one line'),
  version: z
    .union([text, argv], { error: `a text such as 1.2.3, or ${ARGV}` })
    .describe('of the system; or a command that prints it as its first line, run where the adapter was built'),
  build: build.describe('how the program is made from this folder'),
  command: argv.describe(
    'what one node is: `node` stands for the Node that runs the harness, ./ for the folder in which the adapter was built'
  ),
  settings: z
    .array(text, { error: 'a list of sentences' })
    .min(1, { error: 'a list of at least one sentence' })
    .describe("what was chosen, and where the system itself recommends it; 'defaults' says so, too"),
  claims: z
    .array(text, { error: 'a list of sentences' })
    .describe('what the system promises, as far as it is measured here'),
  limits: z
    .array(text, { error: 'a list of sentences' })
    .describe(
      'what the system cannot do, what the adapter leaves out, and which rules of the contract are broken for it'
    )
})

export type AdapterFile = z.infer<typeof adapterSchema>
