/** Everything that the bench measures, in the order of the table. */
import type { Figure } from './figure.ts'
import { amplification } from './figures/adverse/amplification.ts'
import { newcomerAfterCrash } from './figures/adverse/newcomer-after-crash.ts'
import { starvation } from './figures/adverse/starvation.ts'
import { turn } from './figures/adverse/turn.ts'
import { presence } from './figures/browser/presence.ts'
import { bytes } from './figures/bytes.ts'
import { command } from './figures/command/command.ts'
import { liveView } from './figures/command/live-view.ts'
import { connections } from './figures/connections.ts'
import { converge } from './figures/converge.ts'
import { cpu } from './figures/cpu.ts'
import { kill } from './figures/kill.ts'
import { late } from './figures/late.ts'
import { memory } from './figures/memory.ts'
import { simBytes } from './figures/sim-bytes.ts'
import { simDrops } from './figures/sim-drops.ts'
import { simHeal } from './figures/sim-heal.ts'
import { simLate } from './figures/sim-late.ts'
import { simStart } from './figures/sim-start.ts'
import { stop } from './figures/stop.ts'
import { verify } from './figures/verify.ts'

/** Of those that look at one fleet, the ones that only watch it come first, and last the one that makes it grow. */
export const figures: readonly Figure[] = [
  converge,
  command,
  liveView,
  cpu,
  connections,
  bytes,
  kill,
  stop,
  newcomerAfterCrash,
  starvation,
  late,
  verify,
  turn,
  amplification,
  memory,
  presence,
  simStart,
  simLate,
  simHeal,
  simDrops,
  simBytes
]
