/**
 * What stands between nodes and the internet. All of them translate addresses (NAT), so nobody outside can dial a node behind
 * them. docs/guide/netns.md has this table in prose.
 *
 * Filtering is alike everywhere, and as strict as it gets: a packet comes in only from the address and port to which the node
 * has sent before (address and port-dependent filtering, RFC 4787, section 5). Linux does so, which most home routers run.
 */

export interface Router {
  /** In one line, after `behind`. */
  readonly name: string
  /** Whether all nodes of the run that are behind such a router share it, and so one public address; else each has one of its own. */
  readonly isShared: boolean
  /** Whether each node has a home router of its own in front of it: two translations in a row. */
  readonly isBehindHomeRouters: boolean
  /** Whether no packet passes between nodes behind it: what access points call client isolation. */
  readonly isolatesNodes: boolean
  /**
   * `kept`: a node that sends from one port to several others is seen at one port by all of them, which is its own where that is free
   * (endpoint-independent mapping, RFC 4787 REQ-1). `random`: at another port by each of them (address and port-dependent
   * mapping, also called symmetric NAT).
   */
  readonly ports: 'kept' | 'random'
  /** TCP ports that nodes may connect to, and nothing else passes; everything passes if undefined. */
  readonly tcpPorts?: readonly number[]
  /** Of one node at a time; no limit if undefined. */
  readonly maxConnections?: number
  /** A connection that was silent for so long is forgotten. */
  readonly tcpIdleSeconds: number
  readonly udpIdleSeconds: number
}

export const ROUTERS = {
  /** Idle times: the least that RFC 5382 REQ-5 (2 h 4 min) and RFC 4787 REQ-5 (2 min) ask for. */
  home: {
    name: 'a home router of its own',
    isShared: false,
    isBehindHomeRouters: false,
    isolatesNodes: false,
    ports: 'kept',
    tcpIdleSeconds: 7_440,
    udpIdleSeconds: 120
  },
  /**
   * RFC 6888: REQ-1 asks for the mapping of RFC 4787, REQ-4 for a limit of ports by subscriber. 512 ports, and 35 s for UDP, are the smallest
   * blocks and the median time that Richter et al. measured ("A Multi-perspective Analysis of Carrier-Grade NAT Deployment",
   * 2016). 5 minutes for TCP: a default of makers of such routers, far below RFC 5382.
   */
  cgnat: {
    name: 'a home router of its own, and a carrier-grade NAT',
    isShared: true,
    isBehindHomeRouters: true,
    isolatesNodes: true,
    ports: 'kept',
    maxConnections: 512,
    tcpIdleSeconds: 300,
    udpIdleSeconds: 35
  },
  /** No standard: the worst that is common. Idle times are guesses, short ones, as in gateways that serve many guests. */
  hotel: {
    name: 'the gateway of a hotel, which isolates its guests',
    isShared: true,
    isBehindHomeRouters: false,
    isolatesNodes: true,
    ports: 'random',
    tcpIdleSeconds: 300,
    udpIdleSeconds: 30
  },
  /** No standard: only the ports of the web pass, to whichever address. Idle times: an hour and 30 s, common defaults of firewalls. */
  corporate: {
    name: 'a corporate firewall, which passes TCP to ports 80 and 443 only',
    isShared: true,
    isBehindHomeRouters: false,
    isolatesNodes: false,
    ports: 'random',
    tcpPorts: [80, 443],
    tcpIdleSeconds: 3_600,
    udpIdleSeconds: 30
  }
} as const satisfies Record<string, Router>

export type RouterKind = keyof typeof ROUTERS

export const ROUTER_KINDS = Object.keys(ROUTERS) as RouterKind[]
