/** The server of the presence example, as `npm run presence` starts it, in a process of its own. */
import type { Test } from 'tap'
import { Program } from '../program.ts'

export interface PresenceServer {
  readonly program: Program
  readonly url: string
  readonly port: number
}

/** @param port - 0 for any that is free */
export async function startServer(t: Pick<Test, 'teardown'>, port = 0): Promise<PresenceServer> {
  const program = new Program(t, 'presence/main.ts', '--port', String(port))
  const [, url, used] = await program.says(/^(http:\/\/localhost:(\d+)) shows who has it open/m)
  return { program, url: url!, port: Number(used) }
}

/** The server dies without a word, and another one begins on its port: the relay is another peer then. */
export async function restartServer(
  t: Pick<Test, 'teardown'>,
  { program, port }: PresenceServer
): Promise<PresenceServer> {
  program.signal('SIGKILL')
  await program.exitCode()
  return await startServer(t, port)
}
