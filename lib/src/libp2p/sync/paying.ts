/** Frames are paid for before they are worked on; meanwhile their partner hears that this node is there. */
import type { Discovery, Payer } from '../../core/index.ts'
import { monotonicMs } from '../clock.ts'
import type { SyncStream } from './sync-stream.ts'

/** Time between two looks whether a frame can be paid for. */
const RETRY_MS = 50

/** A partner whose frames are being worked on hears of us at least this often: half of what it gives us to answer a probe, and less. */
const SIGN_OF_LIFE_MS = 500

/**
 * The partner waits until its frame can be paid for.
 *
 * @returns false if it has gone meanwhile: nobody waits for what it has left behind
 */
export async function isPaid(
  budgets: Discovery['budgets'],
  payer: Payer,
  costUs: number,
  stream: SyncStream
): Promise<boolean> {
  while (!budgets.work.admits(payer, costUs, monotonicMs())) {
    if (!stream.isOpen) return false
    giveSign(stream)
    stream.noteUnread()
    await new Promise(resolve => setTimeout(resolve, RETRY_MS))
  }
  return true
}

/** Its own probe may wait behind thousands of records: any frame is an answer. */
export function giveSign(stream: SyncStream): void {
  if (stream.leavesWaiting(SIGN_OF_LIFE_MS)) stream.send({ type: 'pong' })
}
