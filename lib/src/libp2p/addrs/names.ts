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
   * What to dial for an address: itself where it holds no name, or no name that must be resolved, since its relay is connected; else
   * whatever its name leads to and may be dialled.
   *
   * @param isHearsay - the name has not led to the peer before
   */
  async resolve(addr: Multiaddr, isHearsay: boolean, signal: AbortSignal, depth = 0): Promise<Multiaddr[]> {
    const [first] = addr.getComponents()
    if (first === undefined || !holdsName(addr)) return [addr]
    if (first.code === CODE_DNSADDR) {
      if (depth >= MAX_DEPTH) return []
      const addrs = (await this.#addrsOf(first.value!, signal)).filter(resolved => hasPeerOf(addr, resolved))
      return (await Promise.all(addrs.map(next => this.#checked(next, isHearsay, signal, depth)))).flat()
    }
    if (this.#dialable.endpointOf(addr.toString()) === 'free') return [addr]
    const ips = await this.#ipsOf(first, signal)
    const resolved = ips.map(ip =>
      multiaddr(`/${ip.includes(':') ? 'ip6' : 'ip4'}/${ip}`).encapsulate(withoutFirst(addr))
    )
    const allowed = resolved.filter(
      candidate => this.#dialable.allows(ipsOf(candidate)) && this.#admits(candidate, isHearsay)
    )
    if (isPlainTcp(addr)) return allowed
    // The name is part of what is said to the host, and will be resolved once more: every answer has to be good.
    return allowed.length > 0 && allowed.length === resolved.length ? [addr] : []
  }

  /** A `dnsaddr` may name IPs as well, which nobody has checked. */
  async #checked(addr: Multiaddr, isHearsay: boolean, signal: AbortSignal, depth: number): Promise<Multiaddr[]> {
    const endpoint = this.#dialable.endpointOf(addr.toString())
    if (endpoint === 'forbidden') return []
    if (holdsName(addr)) return await this.resolve(addr, isHearsay, signal, depth + 1)
    return endpoint === 'free' || this.#admits(addr, isHearsay) ? [addr] : []
  }

  #admits(addr: Multiaddr, isHearsay: boolean): boolean {
    const key = `${ipsOf(addr)[0]?.join('.')} ${portOf(addr.getComponents())}`
    return !isHearsay || this.#endpoints.admits(key, monotonicMs())
  }

  async #ipsOf({ code, value }: Component, signal: AbortSignal): Promise<string[]> {
    const types = A_RECORDS.filter(([name]) => name === code).map(([, type]) => type)
    const answers = await Promise.all(types.map(type => this.#query(value!, type, signal)))
    return answers.flat().filter(answer => parsedAddr(`/ip4/${answer}`) ?? parsedAddr(`/ip6/${answer}`))
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

function withoutFirst(addr: Multiaddr): Multiaddr {
  return multiaddr(addr.getComponents().slice(1))
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
