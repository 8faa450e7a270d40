/** Input for a shell that makes namespaces of a run, which is run in the hub with ip, nft and nsenter as its arguments. */
import { ROUTERS, type Router } from '../../../faults/routers.ts'
import {
  gatewayOf,
  HOME,
  HUB,
  namespaceOf,
  type Place,
  portOf,
  routerOf,
  type SharedRouter,
  shapedPortOf,
  type Topology
} from '../topology.ts'
import { INSIDE_DEVICE, OUTSIDE_DEVICE, routerSettings, routerTable } from './rules.ts'

/** Where the harness asks from whether a node can be dialled: an address of the internet. */
export function internet({ outside }: Topology): string {
  return batch('"$ip"', [`address add ${gatewayOf(outside)}/${outside.prefixLength} dev ${HUB}`])
}

/** A router that several nodes share, between the bridge behind it and the internet. */
export function sharedRouter({ name, preset, inside, outside, insidePort, outsidePort, slots }: SharedRouter): string {
  return [
    batch('"$ip"', [
      `link add name ${name} type bridge mcast_snooping 0`,
      `link set dev ${name} addrgenmode none up`,
      `netns add ${name}`,
      `link add name ${insidePort} type veth peer name ${INSIDE_DEVICE} netns ${name}`,
      `link add name ${outsidePort} type veth peer name ${OUTSIDE_DEVICE} netns ${name}`,
      `link set dev ${insidePort} addrgenmode none master ${name} up`,
      `link set dev ${outsidePort} addrgenmode none master ${HUB} up`
    ]),
    batch(`"$ip" -n ${name}`, [
      ...device(INSIDE_DEVICE, gatewayOf(inside), inside.prefixLength),
      ...device(OUTSIDE_DEVICE, outside.address, outside.prefixLength)
    ]),
    routing(name, preset),
    ...(preset.isolatesNodes ? [`"$nft" -f - <<END\n${isolation(name, slots)}\nEND`] : [])
  ].join('\n')
}

/** Namespaces of nodes, each with its own router where it has one: one process for the hub, and one for each namespace. */
export function nodes(topology: Topology, slots: readonly number[]): string {
  const places = slots.map(slot => [slot, topology.placeOf(slot)] as const)
  return [
    batch(
      '"$ip"',
      places.flatMap(([slot, place]) => plug(slot, place))
    ),
    ...places.map(([slot, place]) => batch(`"$ip" -n ${namespaceOf(slot)}`, insideNode(place))),
    ...places.flatMap(([slot, place]) => (place.hasOwnRouter ? [ownRouter(slot, place)] : []))
  ].join('\n')
}

function plug(slot: number, { bridge, hasOwnRouter }: Place): string[] {
  const node = namespaceOf(slot)
  const [end, device] = hasOwnRouter ? [routerOf(slot), OUTSIDE_DEVICE] : [node, 'eth0']
  return [
    `netns add ${node}`,
    ...(hasOwnRouter ? [`netns add ${end}`] : []),
    `link add name ${portOf(slot)} type veth peer name ${device} netns ${end}`,
    // Moved at once: the hub has a device of that name in no network of its own.
    ...(hasOwnRouter ? [`link add name eth0 netns ${node} type veth peer name ${INSIDE_DEVICE} netns ${end}`] : []),
    `link set dev ${portOf(slot)} addrgenmode none master ${bridge} up`
  ]
}

function insideNode({ address, prefixLength, gateway, hasOwnRouter }: Place): string[] {
  const [own, length, via] = hasOwnRouter
    ? [HOME.node, HOME.prefixLength, HOME.router]
    : [address, prefixLength, gateway]
  return [
    'link set dev lo up',
    // Packets as they would be on a wire, one segment each: what shapes links counts and delays packets.
    'link set dev eth0 addrgenmode none gso_max_segs 1 up',
    `address add ${own}/${length} dev eth0`,
    // Multicast goes nowhere without a default route.
    `route add default ${via === undefined ? '' : `via ${via} `}dev eth0`
  ]
}

function ownRouter(slot: number, { address, prefixLength, gateway }: Place): string {
  return [
    batch(`"$ip" -n ${routerOf(slot)}`, [
      ...device(INSIDE_DEVICE, HOME.router, HOME.prefixLength),
      ...device(OUTSIDE_DEVICE, address, prefixLength),
      ...(gateway === undefined ? [] : [`route add default via ${gateway} dev ${OUTSIDE_DEVICE}`])
    ]),
    routing(routerOf(slot), ROUTERS.home)
  ].join('\n')
}

function device(name: string, address: string, prefixLength: number): string[] {
  return [`link set dev ${name} addrgenmode none up`, `address add ${address}/${prefixLength} dev ${name}`]
}

/** The namespace translates addresses, and passes packets on. */
export function routing(namespace: string, preset: Router): string {
  const settings = Object.entries(routerSettings(preset)).map(
    ([path, value]) => `echo ${value} > /proc/sys/net/${path}`
  )
  return `"$nsenter" --net="$run/netns/${namespace}" /bin/sh -es "$nft" <<'END'
"$1" -f - <<TABLE
${routerTable(preset)}
TABLE
${settings.join('\n')}
END`
}

/** No packet passes between nodes on this bridge; to and from the router it does. */
function isolation(name: string, slots: readonly number[]): string {
  const ports = slots.flatMap(slot => [portOf(slot), shapedPortOf(slot)]).join(', ')
  return `table bridge isolation-${name} {
set nodes { type ifname; elements = { ${ports} }; }
chain passing {
type filter hook forward priority 0; policy accept;
iifname @nodes oifname @nodes drop
}
}`
}

function batch(ip: string, lines: readonly string[]): string {
  return `${ip} -batch - <<END\n${lines.join('\n')}\nEND`
}
