/** Shell commands out of Markdown. */

export interface DocumentedCommand {
  /** The file that it stands in. */
  file: string
  /** Its line there, from 1. */
  line: number
  command: string
}

/** The lines of blocks that are marked as `sh`, what a workflow runs, and commands within a sentence. */
export function commandsIn(file: string, content: string): DocumentedCommand[] {
  const commands: DocumentedCommand[] = []
  let language: string | undefined
  content.split('\n').forEach((text, index) => {
    const fence = /^\s*```(\w*)/.exec(text)
    if (fence !== null) language = language === undefined ? fence[1] : undefined
    else for (const command of commandsOf(text, language)) commands.push({ file, line: index + 1, command })
  })
  return commands
}

function commandsOf(text: string, language: string | undefined): string[] {
  switch (language) {
    case undefined:
      return inSentence(text)
    case 'sh': {
      const [command = '', comment = ''] = text.split(/\s+# /)
      return [command.trim(), ...inSentence(comment)].filter(part => part !== '')
    }
    case 'yaml':
      return /- run: (.*)/.exec(text)?.slice(1) ?? []
    default:
      return []
  }
}

function inSentence(text: string): string[] {
  return [...text.matchAll(/`((?:npm|npx|nix|node|docker|test-network) [^`]+)`/g)].map(([, command]) => command!)
}
