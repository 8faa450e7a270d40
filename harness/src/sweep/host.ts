/** On what was measured: figures of two hosts are not compared. */
import { availableParallelism, cpus, release, totalmem, type } from 'node:os'

export interface MeasuringHost {
  readonly cpu: string
  readonly cores: number
  readonly memoryGiB: number
  readonly system: string
  readonly node: string
}

export function hostHere(): MeasuringHost {
  return {
    cpu: cpus()[0]?.model ?? 'an unknown processor',
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${type()} ${release()}`,
    node: process.versions.node
  }
}

/** `2 cores (a processor), 8 GiB, Linux 6.8.0, Node.js 24.1.0` */
export function hostText({ cores, cpu, memoryGiB, system, node }: MeasuringHost): string {
  return `${cores} cores (${cpu}), ${memoryGiB} GiB, ${system}, Node.js ${node}`
}
