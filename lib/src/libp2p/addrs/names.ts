/**
 * Names in addresses that strangers wrote. A name is checked after it is resolved, since it may lead to any IP; where nothing
 * depends on the name itself, the IP that was checked is the one that is dialled.
 */
import { type DNS, dns, RecordType } from '@multiformats/dns'
import {
  CODE_DNS,
  CODE_DNS4,
  CODE_DNS6,
  CODE_DNSADDR,
  CODE_P2P,
  CODE_TCP,
  type Component,
  type Multiaddr,
  multiaddr
} from '@multiformats/multiaddr'
import { RateLimiter } from '../../core/bounds/rate-limiter.ts'
import { monotonicMs } from '../clock.ts'
import { ipsOf, NAME_CODES, parsedAddr, portOf } from './addr-group.ts'
import type { Dialable } from './dialable.ts'

/** As the core's bound towards an IP and port that has not answered: many names may lead to one victim. */
const ENDPOINT_RATE = { burst: 1, perSecond: 1 / 60, keys: 4096 }

/** Answers to one name that are looked at; a `dnsaddr` may name a whole list of bootstrap peers. */
const MAX_ANSWERS = 16

/** A `dnsaddr` may lead to others, which may lead to others. */
const MAX_DEPTH = 3

const A_RECORDS = [
  [CODE_DNS, RecordType.A],
  [CODE_DNS4, RecordType.A],
  [CODE_DNS, RecordType.AAAA],
  [CODE_DNS6, RecordType.AAAA]
] as const

/** Is told addresses that may be dialled, again and again. */
export type Tell = (addrs: readonly Multiaddr[]) => void

export interface NameQuestion {
  /** Whether the name has not led to the peer before. */
  readonly isHearsay: boolean
  readonly tell: Tell
  /** Ends the wait for answers. */
  readonly signal: AbortSignal
}

export class Names {
  readonly #dialable: Dialable
  readonly #dns: DNS
  readonly #endpoints = new RateLimiter(ENDPOINT_RATE)

  /** @param dns - the host's; the platform's if it has none. A browser's asks a public resolver over HTTPS. */
  constructor(dialable: Dialable, hostDns: DNS = dns()) {
    this.#dialable = dialable
    this.#dns = hostDns
  }

  /**
   * Tells what to dial for an address: itself where it holds no name, or no name that must be resolved, since its relay is connected;
   * else whatever its name leads to and may be dialled, each answer as it comes. Resolves when all is told.
   */
  async resolve(addr: Multiaddr, question: NameQuestion, depth = 0): Promise<void> {
    const { tell, signal } = question
    const [first] = addr.getComponents()
    if (first === undefined || !holdsName(addr)) tell([addr])
    else if (first.code === CODE_DNSADDR) {
      if (depth >= MAX_DEPTH) return
      const addrs = (await this.#addrsOf(first.value!, signal)).filter(resolved => hasPeerOf(addr, resolved))
      await Promise.all(addrs.map(async next => await this.#check(next, question, depth)))
    } else if (this.#dialable.endpointOf(addr.toString()) === 'free') tell([addr])
    else await this.#resolveHost(addr, first, question)
  }

  async #resolveHost(addr: Multiaddr, first: Component, { isHearsay, tell, signal }: NameQuestion): Promise<void> {
    const queries = queriesFor(first).map(async type => {
      const resolved = (await this.#ipsOf(first, type, signal)).map(ip => withIp(addr, ip))
      const allowed = resolved.filter(one => this.#dialable.allows(ipsOf(one)) && this.#admits(one, isHearsay))
      if (isPlainTcp(addr)) tell(allowed)
      return { resolved, allowed }
    })
    const answers = await Promise.all(queries)
    // The name is part of what is said to the host, and will be resolved once more: every answer has to be good.
    const isGood = answers.every(({ resolved, allowed }) => resolved.length === allowed.length)
    if (!isPlainTcp(addr) && isGood && answers.some(({ allowed }) => allowed.length > 0)) tell([addr])
  }

  /** A `dnsaddr` may name IPs as well, which nobody has checked. */
  async #check(addr: Multiaddr, question: NameQuestion, depth: number): Promise<void> {
    const endpoint = this.#dialable.endpointOf(addr.toString())
    if (endpoint === 'forbidden') return
    if (holdsName(addr)) await this.resolve(addr, question, depth + 1)
    else if (endpoint === 'free' || this.#admits(addr, question.isHearsay)) question.tell([addr])
  }

  #admits(addr: Multiaddr, isHearsay: boolean): boolean {
    const key = `${ipsOf(addr)[0]?.join('.')} ${portOf(addr.getComponents())}`
    return !isHearsay || this.#endpoints.admits(key, monotonicMs())
  }

  async #ipsOf({ value }: Component, type: RecordType, signal: AbortSignal): Promise<string[]> {
    const answers = await this.#query(value!, type, signal)
    return answers.filter(answer => parsedAddr(`/ip4/${answer}`) ?? parsedAddr(`/ip6/${answer}`))
  }

  async #addrsOf(name: string, signal: AbortSignal): Promise<Multiaddr[]> {
    const answers = await this.#query(`_dnsaddr.${name}`, RecordType.TXT, signal)
    return answers.flatMap(answer => parsedAddr(answer.replaceAll('"', '').replace(/^dnsaddr=/, '')) ?? [])
  }

  async #query(name: string, type: RecordType, signal: AbortSignal): Promise<string[]> {
    try {
      const { Answer } = await this.#dns.query(name, { types: type, signal })
      return Answer.filter(answer => answer.type === type)
        .slice(0, MAX_ANSWERS)
        .map(({ data }) => data)
    } catch {
      // No such name, or nobody who knows: either way there is nothing to dial.
      return []
    }
  }
}

/** Whether an address begins with a name. */
export function holdsName(addr: Multiaddr): boolean {
  const [first] = addr.getComponents()
  return first !== undefined && NAME_CODES.includes(first.code)
}

function queriesFor({ code }: Component): RecordType[] {
  return A_RECORDS.filter(([name]) => name === code).map(([, type]) => type)
}

/** The address with the IP that its name leads to. */
function withIp(addr: Multiaddr, ip: string): Multiaddr {
  const rest = multiaddr(addr.getComponents().slice(1))
  return multiaddr(`/${ip.includes(':') ? 'ip6' : 'ip4'}/${ip}`).encapsulate(rest)
}

/** Whether nothing but TCP and who must answer follows the name. */
function isPlainTcp(addr: Multiaddr): boolean {
  return addr
    .getComponents()
    .slice(1)
    .every(({ code }) => code === CODE_TCP || code === CODE_P2P)
}

/** Whether a resolved address is for the peer that the unresolved one names, if it names one. */
function hasPeerOf(addr: Multiaddr, resolved: Multiaddr): boolean {
  const [wanted, found] = [addr, resolved].map(
    either => either.getComponents().findLast(({ code }) => code === CODE_P2P)?.value
  )
  return wanted === undefined || wanted === found
}
