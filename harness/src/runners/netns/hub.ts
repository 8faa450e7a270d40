/**
 * The namespaces of a run: one for each node, and the hub, in which a bridge joins them. Their names are in a folder that only
 * this run sees, so two runs cannot meet, and the host's network is left alone. A shell, the keeper, holds them: when it
 * ends, the kernel takes down everything in them.
 */
import { realpathSync } from 'node:fs'
import { execa, execaSync } from 'execa'
import { ROUTERS } from '../../faults/routers.ts'
import { markOf, newRunId } from '../processes/mark.ts'
import { internet, nodes, routing, sharedRouter } from './routers/build.ts'
import type { Tools } from './tools.ts'
import { HUB, namespaceOf, Topology } from './topology.ts'

/** No call below takes a tenth of it on a busy host. */
const CALL_TIMEOUT_MS = 15_000

/** For up to 1,000 nodes, each with a router of its own: some 20 ms each on an idle host. */
const FURNISH_TIMEOUT_MS = 120_000

export interface Hub {
  readonly topology: Topology
  /**
   * Makes the namespaces of all places that are not there yet: 100 in less than a second, one in 20 ms. It blocks, so that
   * nobody else can make the same ones meanwhile.
   *
   * @throws with what the system said
   */
  furnish(slots: readonly number[]): void
  /**
   * Whether namespaces can be routers here, found out by making one.
   *
   * @returns why not, in the words of the system; undefined if they can
   */
  whyNoRouters(): Promise<string | undefined>
  /** What to put before a command so that it runs in the namespace of a node, which must be furnished. */
  enter(slot: number): string[]
  /** What to put before a command so that it runs in a namespace made by `run('ip', ['netns', 'add', name])`. */
  enterNamed(name: string): string[]
  /** What to put before a command so that it runs in the hub. */
  enterHub(): string[]
  /** Runs one of the tools in the hub, and returns its output. @throws {HubError} with what it said */
  run(tool: keyof Tools, args: readonly string[], input?: string): Promise<string>
  /**
   * Runs a script for sh in a namespace, with the paths of ip and nft as its arguments, and returns its output.
   *
   * @throws {HubError} with what it said, after the first command that failed
   */
  script(namespace: string, text: string): Promise<string>
  /** Ends every process in the namespaces, and the namespaces. */
  close(): Promise<void>
}

/** A tool refused what it was told (`refused`), or could not be run at all. */
export class HubError extends Error {
  override name = 'HubError'
  readonly code: 'refused' | 'failed'

  constructor(code: HubError['code'], message: string) {
    super(message)
    this.code = code
  }
}

const keeperScript = `
set -e
ip=$1 mount=$2 run=$3
"$mount" -t tmpfs tmpfs "$run"
"$ip" -batch - <<END
link set dev lo up
link add name ${HUB} type bridge mcast_snooping 0
link set dev ${HUB} addrgenmode none up
END
echo ready
set +e
while read -r line; do :; done
for attempt in 1 2 3; do
  of_run=" $(stat -L -c %i "$run"/netns/* 2>&- | tr '\\n' ' ')"
  killed=
  while read -r inode path; do
    case "$of_run" in *" $inode "*)
      pid=\${path#/proc/}
      kill -KILL "\${pid%/ns/net}" && killed=yes
    esac
  done <<END
$(stat -L -c '%i %n' /proc/[0-9]*/ns/net 2>&-)
END
  [ -z "$killed" ] && exit
  sleep 0.1
done
`

/**
 * @throws with what is missing on this host, and what would help
 */
export async function openHub(tools: Tools, topology: Topology = new Topology()): Promise<Hub> {
  const isRoot = process.geteuid?.() === 0
  const runFolder = realpathSync('/var/run')
  const own = isRoot ? [] : ['--user', '--map-root-user']
  const script = ['/bin/sh', '-c', `trap '' HUP INT TERM\n${keeperScript}`, 'sh', tools.ip, tools.mount, runFolder]
  const keeper = execa(tools.unshare, [...own, '--net', '--mount', ...script], {
    // A session of its own: Ctrl-C in the terminal must not end it before the nodes.
    detached: true,
    // A run of its own, by which it is found when its harness is gone; that of the nodes would make it one of them.
    env: markOf(newRunId(), 'netns', 1),
    stdin: 'pipe',
    stdout: 'pipe',
    stderr: 'pipe',
    reject: false
  })
  keeper.stdin.on('error', () => {})
  const isReady = new Promise<boolean>(resolve => keeper.stdout.once('data', () => resolve(true)))
  if (!(await Promise.race([isReady, keeper.then(() => false)]))) throw new Error(whyNot((await keeper).stderr, isRoot))
  const user = isRoot ? [] : [`--user=/proc/${keeper.pid}/ns/user`, '--preserve-credentials']
  const kept = { pid: keeper.pid!, runFolder, end: () => endKeeper(keeper) }
  return new KeptHub(tools, topology, [tools.nsenter, ...user], kept)
}

async function endKeeper(keeper: { stdin: NodeJS.WritableStream } & PromiseLike<unknown>): Promise<void> {
  keeper.stdin.end()
  await keeper
}

function whyNot(said: string, isRoot: boolean): string {
  const reason = said.trim().split('\n')[0] || 'no reason given'
  const remedy = isRoot
    ? 'root must have CAP_SYS_ADMIN and CAP_NET_ADMIN here (in a container: docker run --privileged)'
    : 'run it as root, or let users make namespaces (sysctl user.max_user_namespaces, on Ubuntu kernel.apparmor_restrict_unprivileged_userns=0)'
  return `--runner netns could not make namespaces: ${reason.slice(0, 300)}; ${remedy}; or use --runner process`
}

interface Keeper {
  pid: number
  runFolder: string
  end(): Promise<void>
}

class KeptHub implements Hub {
  readonly topology: Topology
  readonly #tools: Tools
  readonly #nsenter: readonly string[]
  readonly #keeper: Keeper
  /** BOUNDED by MAX_SLOTS. */
  readonly #furnished = new Set<number>()
  #hasInternet = false

  constructor(tools: Tools, topology: Topology, nsenter: readonly string[], keeper: Keeper) {
    this.topology = topology
    this.#tools = tools
    this.#nsenter = nsenter
    this.#keeper = keeper
  }

  furnish(slots: readonly number[]): void {
    const missing = [...new Set(slots)].filter(slot => !this.#furnished.has(slot))
    if (missing.length === 0) return
    const first = this.#hasInternet ? [] : [internet(this.topology), ...this.topology.shared.map(sharedRouter)]
    const [program = '', ...args] = this.#inHub(['/bin/sh', '-es'])
    const input = this.#withTools([...first, nodes(this.topology, missing)].join('\n'))
    const result = execaSync(program, args, { input, reject: false, timeout: FURNISH_TIMEOUT_MS })
    if (result.failed) throw new Error(`no namespaces for the nodes: ${reasonIn(result)}`)
    this.#hasInternet = true
    for (const slot of missing) this.#furnished.add(slot)
  }

  async whyNoRouters(): Promise<string | undefined> {
    const kinds = [ROUTERS.home, ...this.topology.shared.map(({ preset }) => preset)]
    const made = kinds.map((preset, index) => `"$ip" netns add trial${index}\n${routing(`trial${index}`, preset)}`)
    const removed = kinds.map((_, index) => `"$ip" netns del trial${index}`)
    try {
      await this.#call(this.#inHub(['/bin/sh', '-es']), this.#withTools([...made, ...removed].join('\n')), 'sh')
      return undefined
    } catch (error) {
      return (error as Error).message.replace(/\s+/g, ' ')
    }
  }

  enter(slot: number): string[] {
    return this.enterNamed(namespaceOf(slot))
  }

  enterNamed(name: string): string[] {
    return [...this.#nsenter, `--net=/proc/${this.#keeper.pid}/root${this.#keeper.runFolder}/netns/${name}`, '--']
  }

  enterHub(): string[] {
    return [...this.#nsenter, `--net=/proc/${this.#keeper.pid}/ns/net`, '--']
  }

  async run(tool: keyof Tools, args: readonly string[], input = ''): Promise<string> {
    return await this.#call(this.#inHub([this.#tools[tool], ...args]), input, tool)
  }

  async script(namespace: string, text: string): Promise<string> {
    const { ip, nft } = this.#tools
    return await this.#call([...this.enterNamed(namespace), '/bin/sh', '-es', ip, nft], text, 'sh')
  }

  async close(): Promise<void> {
    await this.#keeper.end()
  }

  async #call([program = '', ...args]: readonly string[], input: string, tool: string): Promise<string> {
    const result = await execa(program, args, { input, reject: false, timeout: CALL_TIMEOUT_MS })
    if (!result.failed) return result.stdout
    const code = result.exitCode === undefined || result.stderr.startsWith('nsenter: ') ? 'failed' : 'refused'
    throw new HubError(code, `${tool}: ${reasonIn(result)}`)
  }

  #withTools(script: string): string {
    const { ip, nft, nsenter } = this.#tools
    return `ip='${ip}' nft='${nft}' nsenter='${nsenter}' run='${this.#keeper.runFolder}'\n${script}\n`
  }

  #inHub(command: readonly string[]): string[] {
    const { pid } = this.#keeper
    return [...this.#nsenter, `--net=/proc/${pid}/ns/net`, `--mount=/proc/${pid}/ns/mnt`, '--', ...command]
  }
}

function reasonIn({ stderr, shortMessage }: { stderr: string; shortMessage?: string | undefined }): string {
  return stderr.trim().slice(0, 500) || (shortMessage ?? 'it failed')
}
