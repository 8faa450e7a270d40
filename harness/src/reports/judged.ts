/** What every report is a function of: the Judgement, and the facts of the run that it was made from. */
import type { History } from '../history/history.ts'
import { networkOf } from '../history/network.ts'
import type { Network } from '../history/observed.ts'
import { judgementOf } from '../judge/judge.ts'
import type { Judgement } from '../judge/judgement.ts'

export interface Judged {
  readonly history: History
  readonly network: Network
  readonly judgement: Judgement
}

/** The one place where a history is judged for reports: none of them judges again. */
export function judged(history: History): Judged {
  const network = networkOf(history)
  return { history, network, judgement: judgementOf(network) }
}
