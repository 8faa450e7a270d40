/** Starts a program in a process group of its own, and signals the group. */
import { execa } from 'execa'

/** A program that was started, or could not be. */
export type Child = ReturnType<typeof spawnProgram>

/**
 * @param env - added to that of the harness
 * @throws {Error} for words that no process can be given
 */
export function spawnProgram([program = '', ...args]: readonly string[], env: Record<string, string>) {
  return execa(program, args, {
    detached: true,
    env,
    stdin: 'pipe',
    stdout: 'pipe',
    stderr: 'pipe',
    buffer: false,
    reject: false
  })
}

/** A group that is gone is what was wanted. */
export function signalGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, signal)
  } catch {}
}

/** Why a program could not be started, and what to do about it. */
export async function spawnFailureOf(program: string, child: Child): Promise<string> {
  const { code, shortMessage } = await child
  return `${program}: ${remedyOf[code ?? ''] ?? shortMessage ?? 'could not be started'}`
}

const remedyOf: Record<string, string> = {
  ENOENT: 'no such program; give a program of the PATH, or the path of an executable file',
  EACCES: 'not an executable file; chmod +x it, or name its interpreter first',
  EAGAIN: 'no more processes may be started; start fewer nodes, or raise `ulimit -u`',
  EMFILE: 'too many open files; start fewer nodes, or raise `ulimit -n`',
  ENOMEM: 'not enough memory; start fewer nodes'
}
