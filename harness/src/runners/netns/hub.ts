/**
 * The namespaces of a run: one for each node, and the hub, in which a bridge joins them. Their names are in a folder that only
 * this run sees, so two runs cannot meet, and the host's network is left alone. A shell, the keeper, holds them: when it
 * ends, the kernel takes down everything in them.
 */
import { realpathSync } from 'node:fs'
import { execa, execaSync } from 'execa'
import { markOf, newRunId } from '../processes/mark.ts'
import type { Tools } from './tools.ts'

/** No call below takes a tenth of it on a busy host. */
const CALL_TIMEOUT_MS = 15_000

/** Address of the bridge itself, which is no node's. */
const HUB_ADDRESS = '10.77.0.1'
const PREFIX_LENGTH = 16

/** A bridge of the kernel has 1,023 ports. */
export const MAX_SLOTS = 1_000

export interface Hub {
  /**
   * Makes the namespaces of all places that are not there yet: 100 in less than a second, one in 20 ms. It blocks, so that
   * nobody else can make the same ones meanwhile.
   *
   * @throws with what the system said
   */
  furnish(slots: readonly number[]): void
  /** What to put before a command so that it runs in the namespace of a node, which must be furnished. */
  enter(slot: number): string[]
  /** What to put before a command so that it runs in a namespace made by `run('ip', ['netns', 'add', name])`. */
  enterNamed(name: string): string[]
  /** What to put before a command so that it runs in the hub. */
  enterHub(): string[]
  /** Runs one of the tools in the hub, and returns its output. @throws {HubError} with what it said */
  run(tool: keyof Tools, args: readonly string[], input?: string): Promise<string>
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

/** Name of the bridge's port that leads to a node, in the hub. */
export function portOf(slot: number): string {
  return `port${slot}`
}

/** Name of a node's namespace. */
export function namespaceOf(slot: number): string {
  return `node${slot}`
}

/** A node keeps its place, and so its address, over restarts. */
export function addressOfSlot(slot: number): string {
  if (slot >= MAX_SLOTS) throw new Error(`the bridge of a run has room for ${MAX_SLOTS} nodes`)
  return `10.77.${1 + Math.floor(slot / 250)}.${1 + (slot % 250)}`
}

const keeperScript = `
set -e
ip=$1 mount=$2 run=$3
"$mount" -t tmpfs tmpfs "$run"
"$ip" -batch - <<END
link set dev lo up
link add name hub type bridge mcast_snooping 0
link set dev hub addrgenmode none up
address add ${HUB_ADDRESS}/${PREFIX_LENGTH} dev hub
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
export async function openHub(tools: Tools): Promise<Hub> {
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
  return new KeptHub(tools, [tools.nsenter, ...user], { pid: keeper.pid!, runFolder, end: () => endKeeper(keeper) })
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
  readonly #tools: Tools
  readonly #nsenter: readonly string[]
  readonly #keeper: Keeper
  /** BOUNDED by MAX_SLOTS. */
  readonly #furnished = new Set<number>()

  constructor(tools: Tools, nsenter: readonly string[], keeper: Keeper) {
    this.#tools = tools
    this.#nsenter = nsenter
    this.#keeper = keeper
  }

  furnish(slots: readonly number[]): void {
    const missing = [...new Set(slots)].filter(slot => !this.#furnished.has(slot))
    if (missing.length === 0) return
    const [program = '', ...args] = this.#inHub(['/bin/sh', '-es', this.#tools.ip])
    const result = execaSync(program, args, { input: furnishing(missing), reject: false, timeout: CALL_TIMEOUT_MS })
    if (result.failed) throw new Error(`no namespaces for the nodes: ${reasonIn(result)}`)
    for (const slot of missing) this.#furnished.add(slot)
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
    const [program = '', ...rest] = this.#inHub([this.#tools[tool], ...args])
    const result = await execa(program, rest, { input, reject: false, timeout: CALL_TIMEOUT_MS })
    if (!result.failed) return result.stdout
    const code = result.exitCode === undefined || result.stderr.startsWith('nsenter: ') ? 'failed' : 'refused'
    throw new HubError(code, `${tool}: ${reasonIn(result)}`)
  }

  async close(): Promise<void> {
    await this.#keeper.end()
  }

  #inHub(command: readonly string[]): string[] {
    const { pid } = this.#keeper
    return [...this.#nsenter, `--net=/proc/${pid}/ns/net`, `--mount=/proc/${pid}/ns/mnt`, '--', ...command]
  }
}

function reasonIn({ stderr, shortMessage }: { stderr: string; shortMessage?: string | undefined }): string {
  return stderr.trim().slice(0, 500) || (shortMessage ?? 'it failed')
}

/** A shell's input that makes namespaces, with `ip` as its argument: one process for the hub, and one for each namespace. */
function furnishing(slots: readonly number[]): string {
  const plugs = slots.flatMap(slot => [
    `netns add ${namespaceOf(slot)}`,
    `link add name ${portOf(slot)} type veth peer name eth0 netns ${namespaceOf(slot)}`,
    `link set dev ${portOf(slot)} addrgenmode none master hub up`
  ])
  const inside = (slot: number) => [
    'link set dev lo up',
    // Packets as they would be on a wire, one segment each: what shapes links counts and delays packets.
    'link set dev eth0 addrgenmode none gso_max_segs 1 up',
    `address add ${addressOfSlot(slot)}/${PREFIX_LENGTH} dev eth0`,
    // Multicast goes nowhere without a default route.
    'route add default dev eth0'
  ]
  return [batch('"$1"', plugs), ...slots.map(slot => batch(`"$1" -n ${namespaceOf(slot)}`, inside(slot)))].join('\n')
}

function batch(ip: string, lines: readonly string[]): string {
  return `${ip} -batch - <<END\n${lines.join('\n')}\nEND`
}
