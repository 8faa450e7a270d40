/** Cuts machines off by a command of the user, who knows what connects them. */
import { setTimeout as delay } from 'node:timers/promises'
import { execa } from 'execa'
import type { NodeName } from '../../../contract.ts'
import type { FaultInForce, Proof } from '../../../faults/fault.ts'
import { printable } from '../../../printable.ts'
import { machinesToCut } from '../placement.ts'
import type { NetworkCutter } from './faults.ts'

/** Agents are heard twice a second. One that was not heard for so long is cut off; another one is not. */
const SILENT_AFTER_MS = 2_500
/** After healing, until all are heard again: agents connect anew when a link was silent. */
const BACK_WITHIN_MS = 4_500
const COMMAND_WITHIN_MS = 8_000
const LOOK_EVERY_MS = 50

export interface MachineCutOptions {
  /** For a shell, which finds the name of the machine in MACHINE. Undefined if the user gave none. */
  readonly commands: { readonly cut: string; readonly heal: string } | undefined
  readonly nodes: readonly NodeName[]
  readonly machineOf: (node: NodeName) => string | undefined
  /** When anything came from the pod of the node for the last time, by `performance.now()`. */
  readonly heardAtMs: (node: NodeName) => number
  /** What must be healed if this process dies: all machines that are cut off, each time that they change. */
  readonly onCut: (machines: readonly string[]) => void
}

export function createMachineCut(options: MachineCutOptions): NetworkCutter {
  const { commands, nodes, machineOf, onCut } = options
  const cutMachines = new Set<string>()
  return {
    cannot({ groups }) {
      if (commands === undefined) return 'no --cut-command and --heal-command say how a machine is cut off'
      return machinesToCut(nodes, groups, machineOf) === undefined
        ? 'the groups cannot be put onto machines of their own, of which all but one group take one each: use more machines'
        : undefined
    },
    async cut({ groups }) {
      const machines = machinesToCut(nodes, groups, machineOf) ?? []
      const run = async (command: string, machine: string) => await runFor(machine, command)
      const heal = async () => {
        const healed = await Promise.allSettled(machines.map(machine => run(commands?.heal ?? '', machine)))
        for (const machine of machines) cutMachines.delete(machine)
        onCut([...cutMachines])
        const failed = healed.find(({ status }) => status === 'rejected')
        if (failed?.status === 'rejected') throw failed.reason
      }
      for (const machine of machines) cutMachines.add(machine)
      onCut([...cutMachines])
      try {
        await Promise.all(machines.map(machine => run(commands?.cut ?? '', machine)))
      } catch (error) {
        await heal().catch(() => {})
        throw error
      }
      return cutInForce(options, machines, heal)
    }
  }
}

/** @throws {Error} with what the command said */
async function runFor(machine: string, command: string): Promise<void> {
  const shell = await execa('/bin/sh', ['-c', command], {
    env: { MACHINE: machine },
    stdin: 'ignore',
    timeout: COMMAND_WITHIN_MS,
    reject: false
  })
  if (!shell.failed) return
  const said = `${shell.stderr}\n${shell.stdout}`.trim().split('\n')[0] ?? ''
  const how = shell.timedOut
    ? `was not over within ${COMMAND_WITHIN_MS / 1_000} s`
    : `ended with code ${shell.exitCode}`
  throw new Error(`the command for ${printable(machine, 100)} ${how}: ${printable(said || 'it said nothing', 300)}`)
}

function cutInForce(
  { nodes, machineOf, heardAtMs }: MachineCutOptions,
  machines: readonly string[],
  heal: () => Promise<void>
): FaultInForce {
  const cutAtMs = performance.now()
  let healedAtMs: number | undefined
  const [inside, outside] = [true, false].map(isCut =>
    nodes.filter(node => machines.includes(machineOf(node) ?? '') === isCut)
  ) as [NodeName[], NodeName[]]
  const isSilent = (node: NodeName) => performance.now() - heardAtMs(node) > SILENT_AFTER_MS
  const isBack = (node: NodeName) => heardAtMs(node) > (healedAtMs ?? 0)
  const names = machines.map(machine => printable(machine, 100)).join(', ')
  return {
    async prove(): Promise<Proof> {
      if (healedAtMs !== undefined) {
        await awaitUntil(() => inside.every(isBack), healedAtMs + BACK_WITHIN_MS)
        const lost = inside.filter(node => !isBack(node))
        return lost.length === 0
          ? { result: 'confirmed', seen: `all nodes of ${names} are heard again` }
          : { result: 'mismatch', seen: `not heard again: ${lost.join(', ')} of ${names}` }
      }
      await awaitUntil(() => inside.every(isSilent), cutAtMs + SILENT_AFTER_MS + 1_500)
      const heard = inside.filter(node => !isSilent(node))
      const missed = outside.filter(isSilent)
      if (heard.length > 0)
        return { result: 'mismatch', seen: `still heard, though ${names} is cut off: ${heard.join(', ')}` }
      return missed.length === 0
        ? { result: 'confirmed', seen: `nothing comes from ${names}, and all other machines are heard` }
        : { result: 'inconclusive', seen: `nothing comes from ${names}, nor from ${missed.join(', ')}` }
    },
    async undo() {
      if (healedAtMs !== undefined) return
      await heal()
      healedAtMs = performance.now()
    }
  }
}

async function awaitUntil(condition: () => boolean, untilMs: number): Promise<void> {
  while (!condition() && performance.now() < untilMs) await delay(LOOK_EVERY_MS)
}
