/** Our node program as many nodes in one process: each has its own libp2p, key, sockets and metrics. */
import { createInterface } from 'node:readline'
import { PassThrough } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import type { NodeName, SharedCommand } from '../../contract.ts'
import { ABILITIES } from '../../contract-words.ts'
import { optionsOf } from '../options.ts'
import { type CreateNode, type NodeHost, runNode } from '../program.ts'
import { followServers, runAs, runningNode } from './fault-of.ts'
import { createSharedOutput, type LineOfNode, type SharedOutput } from './shared-output.ts'

/** The clock is one for the whole process, so a node cannot be shown another one. */
const CAN = ABILITIES.filter(ability => ability !== 'clock')

/** For the farewells of all nodes, when the process as a whole is to end: longer than one node takes, and less than a SIGTERM allows. */
const END_WITHIN_MS = 500

/** Runs until stdin closes, a signal ends it, or code of a node throws. */
export function runShared(createNode: CreateNode): void {
  const output = createSharedOutput()
  const nodes = new SharedNodes(createNode, output)
  followServers()
  process.on('uncaughtException', error => breakDown(error, output))
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void end(nodes, output))
  // Nobody reads any more: the harness is gone.
  process.stdout.on('error', () => process.exit())
  const lines = createInterface({ input: process.stdin })
  lines.on('line', line => nodes.obey(line))
  lines.on('close', () => void end(nodes, output))
}

async function end(nodes: SharedNodes, output: SharedOutput): Promise<void> {
  await Promise.race([nodes.endAll(), delay(END_WITHIN_MS)])
  output.flush()
  process.exit()
}

/** As Node.js would: what goes on after an exception is not to be trusted. */
function breakDown(error: unknown, output: SharedOutput): void {
  const node = runningNode()
  const text = (error as Error | undefined)?.stack ?? String(error)
  if (node === undefined) process.stderr.write(`${text}\n`)
  else {
    output.write(node, { type: 'log', text })
    output.write(node, { type: 'broke' })
  }
  output.flush()
  process.exit(1)
}

class SharedNodes {
  readonly #createNode: CreateNode
  readonly #output: SharedOutput
  /** By name, what the node is still to be told, and its end. BOUNDED by what the harness starts. */
  readonly #nodes = new Map<NodeName, { readonly commands: PassThrough; readonly ended: Promise<void> }>()

  constructor(createNode: CreateNode, output: SharedOutput) {
    this.#createNode = createNode
    this.#output = output
  }

  obey(text: string): void {
    const { node, ...command } = JSON.parse(text) as SharedCommand
    if (command.type !== 'start') this.#nodes.get(node)?.commands.write(command)
    else {
      const commands = new PassThrough({ objectMode: true })
      this.#nodes.set(node, { commands, ended: runAs(node, () => this.#live(node, command.args, commands)) })
    }
  }

  async endAll(): Promise<void> {
    const all = [...this.#nodes.values()]
    for (const { commands } of all) commands.end()
    await Promise.all(all.map(({ ended }) => ended))
  }

  async #live(node: NodeName, args: readonly string[], commands: PassThrough): Promise<void> {
    const write = (line: LineOfNode) => this.#output.write(node, line)
    const log = (text: string) => write({ type: 'log', text })
    const host: NodeHost = {
      commands,
      untilEnd: () => new Promise(() => {}),
      can: CAN,
      isOwnProcess: false,
      write,
      log
    }
    let code = 0
    try {
      await runNode(this.#createNode, optionsOf([...args]), host)
    } catch (error) {
      log(`node: ${(error as Error).message}`)
      code = 1
    }
    this.#nodes.delete(node)
    write({ type: 'ended', code })
  }
}
