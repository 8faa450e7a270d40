/**
 * Without the values of what is named like a secret: a report is handed on, and what a program writes or is called with may
 * hold what it should not.
 */
export function redacted(text: string): string {
  return text.replace(ASSIGNED, '$1[redacted]').replace(FLAG, '$1[redacted]').replace(BEARER, '$1[redacted]')
}

const NAME = '(?:token|secret|password|passwd|api[-_]?key|private[-_]?key)'
/** In quotes up to the next quote, else up to a space. */
const VALUE = `(?:"[^"]*"?|'[^']*'?|[^\\s"',;&)}\\]]+)`

/** `token=x`, `"password": "x"` */
const ASSIGNED = new RegExp(`(${NAME}[\\\\"']{0,2}\\s{0,3}[=:]\\s{0,3}\\\\?)${VALUE}`, 'gi')

/** `--api-token x` */
const FLAG = new RegExp(`(--?[\\w-]{0,40}${NAME}\\s{1,3})(?!-)${VALUE}`, 'gi')

/** `Authorization: Bearer x` */
const BEARER = /(\b(?:bearer|basic)\s{1,3})[\w.~+/=-]{4,}/gi
