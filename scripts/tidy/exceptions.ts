/**
 * Today's exceptions from the rules, scripts/tidy/exceptions.json: by rule and place, the size. The list may only shrink, so
 * that what is untidy today is no excuse for more of it.
 */
import { readFile, writeFile } from 'node:fs/promises'
import type { Finding } from './finding.ts'

export type Exceptions = Readonly<Record<string, Readonly<Record<string, number>>>>

const FILE = new URL('exceptions.json', import.meta.url)

export async function readExceptions(): Promise<Exceptions> {
  return JSON.parse(await readFile(FILE, 'utf8'))
}

export async function writeExceptions(exceptions: Exceptions): Promise<void> {
  await writeFile(FILE, `${JSON.stringify(exceptions, null, 2)}\n`)
}

/** What must be done, a line each; nothing where all that is untidy is an exception of just that size. */
export function faultsOf(findings: readonly Finding[], exceptions: Exceptions): string[] {
  const untidy = findings.flatMap(({ rule, place, size, message }) => {
    const excepted = exceptions[rule]?.[place]
    if (excepted === undefined) return [message]
    if (size > excepted) return [`${message} (an exception, but of ${excepted}: it may only shrink)`]
    if (size < excepted) return [`${place} has shrunk from ${excepted} to ${size}: npm run tidy -- --write`]
    return []
  })
  const found = new Set(findings.map(({ rule, place }) => `${rule}: ${place}`))
  const needless = Object.entries(exceptions)
    .flatMap(([rule, places]) => Object.keys(places).map(place => `${rule}: ${place}`))
    .filter(exception => !found.has(exception))
  return [...untidy, ...needless.map(exception => `${exception} is no longer an exception: npm run tidy -- --write`)]
}

/** The exceptions that are still needed, none greater than it was. */
export function tightened(findings: readonly Finding[], exceptions: Exceptions): Exceptions {
  const needed = findings.flatMap(finding => {
    const excepted = exceptions[finding.rule]?.[finding.place]
    return excepted === undefined ? [] : [{ ...finding, size: Math.min(finding.size, excepted) }]
  })
  return exceptionsFor(needed)
}

/** Just what makes these findings no faults. */
export function exceptionsFor(findings: readonly Finding[]): Exceptions {
  const rules = Map.groupBy(findings, ({ rule }) => rule)
  return Object.fromEntries(
    [...rules].map(([rule, found]) => [rule, Object.fromEntries(found.map(({ place, size }) => [place, size]))])
  )
}
