/** What makes a namespace a router: rules of nftables, and how long it remembers a connection. Pure. */
import type { Router } from '../../../faults/routers.ts'

/** Names of a router's devices, in its namespace. */
export const INSIDE_DEVICE = 'inside'
export const OUTSIDE_DEVICE = 'outside'

/** BOUNDED: nodes whose connections are counted. */
const MAX_COUNTED = 65_535

/** The whole table. Whatever it does not let pass is dropped without a word, as home routers do. */
export function routerTable({ ports, tcpPorts, maxConnections }: Router): string {
  const random = ports === 'random' ? ' fully-random' : ''
  const leaving = `iifname "${INSIDE_DEVICE}" oifname "${OUTSIDE_DEVICE}"`
  const passing = [
    'ct state invalid drop',
    `iifname "${OUTSIDE_DEVICE}" ct state established,related accept`,
    ...(maxConnections === undefined
      ? []
      : [`${leaving} ct state new add @nodes { ip saddr ct count over ${maxConnections} } counter name refused drop`]),
    tcpPorts === undefined ? `${leaving} accept` : `${leaving} tcp dport { ${tcpPorts.join(', ')} } accept`,
    `${leaving} counter name refused drop`,
    'counter name unasked drop'
  ]
  return [
    'table ip router {',
    // What nodes sent that may not pass; what others sent to nodes unasked, and to the router itself.
    'counter refused { }',
    'counter unasked { }',
    'counter own { }',
    `set nodes { type ipv4_addr; flags dynamic; size ${MAX_COUNTED}; }`,
    chain('translating', 'type nat hook postrouting priority srcnat; policy accept;', [
      `oifname "${OUTSIDE_DEVICE}" masquerade${random}`
    ]),
    chain('passing', 'type filter hook forward priority filter; policy drop;', passing),
    chain('entering', 'type filter hook input priority filter; policy accept;', [
      `iifname "${OUTSIDE_DEVICE}" ct state new,invalid counter name own drop`
    ]),
    '}'
  ].join('\n')
}

function chain(name: string, hook: string, rules: readonly string[]): string {
  return `chain ${name} {\n${[hook, ...rules].join('\n')}\n}`
}

/** By the path of each in /proc/sys/net; those of netfilter are there once the rules are. */
export function routerSettings({ tcpIdleSeconds, udpIdleSeconds }: Router): Readonly<Record<string, number>> {
  return {
    'ipv4/ip_forward': 1,
    'netfilter/nf_conntrack_tcp_timeout_established': tcpIdleSeconds,
    'netfilter/nf_conntrack_udp_timeout': udpIdleSeconds,
    'netfilter/nf_conntrack_udp_timeout_stream': udpIdleSeconds
  }
}
