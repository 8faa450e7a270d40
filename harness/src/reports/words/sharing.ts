/** That nodes share processes, in the words of every report. */
import type { Network } from '../../history/observed.ts'
import { amountText } from '../../judge/wording.ts'

type Started = Pick<Network, 'started'>

/** In a headline, after the number of nodes: `, 125 to a process`; nothing where each node has its own. */
export function sharingClause({ started }: Started): string {
  const { perProcess } = started ?? {}
  return perProcess === undefined ? '' : `, ${amountText(perProcess)} to a process`
}

/** What it means for the reader, in a sentence without its full stop; undefined where each node has its own process. */
export function sharingText({ started }: Started): string | undefined {
  const { perProcess } = started ?? {}
  if (perProcess === undefined) return undefined
  return `up to ${amountText(perProcess)} nodes share a process: what one of them costs cannot be told, and what ends the process ends all of its nodes`
}
