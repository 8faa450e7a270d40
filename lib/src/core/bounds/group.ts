/** Connections that one party can easily have many of: those of one network block, one relay, one host. */
export type Group = string

/**
 * The group that an address belongs to: IPv4 /16, IPv6 /32, the relay of a circuit, the IP itself where it is loopback or private.
 * An argument of the core, which knows addresses as texts only.
 *
 * @param addr - a multiaddr as text; empty where the host knows none
 */
export type GroupOf = (addr: string) => Group
