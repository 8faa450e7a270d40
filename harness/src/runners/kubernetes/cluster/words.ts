/** What a cluster answers to a call that it does not carry out, in one line. */
import { printable } from '../../../printable.ts'

/** For a call; a healthy cluster answers within a second. */
const CALL_WITHIN_MS = 30_000

/** The HTTP status of an answer; undefined if there was none. */
export function statusOf(error: unknown): number | undefined {
  const { code } = error as { code?: unknown }
  return typeof code === 'number' ? code : undefined
}

/** The cluster's own words where it has answered; else those of the system. */
export function clusterReasonOf(error: unknown): string {
  const { body, message, cause, errors } = error as Failure
  const said = messageOf(body)
  if (said !== undefined) return printable(said.trim(), 500)
  // Several addresses were tried: each has a reason.
  const [first] = errors ?? cause?.errors ?? []
  const words = [message, first?.message ?? cause?.message].filter(each => each !== undefined && each !== '')
  return printable((words.at(-1) ?? String(error)).trim(), 300)
}

/** @throws {Error} if there is no answer in time */
export async function withinTime<T>(answer: Promise<T>, withinMs = CALL_WITHIN_MS): Promise<T> {
  let timeout: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timeout = setTimeout(() => reject(new Error(`no answer within ${withinMs / 1_000} s`)), withinMs)
  })
  try {
    return await Promise.race([answer, late])
  } finally {
    clearTimeout(timeout)
  }
}

interface Failure {
  readonly body?: unknown
  readonly message?: string
  readonly cause?: { readonly message?: string; readonly errors?: readonly Error[] }
  readonly errors?: readonly Error[]
}

/** Of a Status of Kubernetes, as text or parsed. */
function messageOf(body: unknown): string | undefined {
  const status = typeof body === 'string' ? parsed(body) : body
  const { message } = (status ?? {}) as { message?: unknown }
  if (typeof message === 'string' && message !== '') return message
  return typeof body === 'string' && body.trim() !== '' ? body : undefined
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
