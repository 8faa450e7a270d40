/** The network of a run, in which each node has an address that is known before it starts and stays the same. */
import { networkInterfaces } from 'node:os'
import { setTimeout as delay } from 'node:timers/promises'
import { type Container, type Docker, reasonOf } from '../engine.ts'
import type { ContainerRun } from '../run.ts'
import { addressOf } from './subnet.ts'

export interface RunNetwork {
  readonly name: string
  /** @throws if the network has no room for so many nodes */
  addressOf(index: number): string
  /** Its bridge is a device of this host: what this host dials in it is a node, and nobody else. */
  isOnThisHost(): boolean
  disconnect(container: Container): Promise<void>
  connect(container: Container, address: string): Promise<void>
  /** As the engine says. */
  isConnected(container: Container): Promise<boolean>
  remove(): Promise<void>
}

/** @throws with what to do about it */
export async function createNetwork(docker: Docker, run: ContainerRun): Promise<RunNetwork> {
  const { network, subnet } = await create(docker, run).catch(error => {
    throw new Error(`the container engine made no network for the run: ${reasonOf(error)}`)
  })
  return {
    name: run.name,
    addressOf: index => addressOf(subnet, index),
    isOnThisHost: () => bridgeOf(network.id) in networkInterfaces(),
    disconnect: async container => {
      await network.disconnect({ Container: container.id, Force: true })
    },
    connect: async (container, address) => {
      await network.connect({ Container: container.id, EndpointConfig: { IPAMConfig: { IPv4Address: address } } })
    },
    isConnected: async container => {
      return run.name in (await container.inspect()).NetworkSettings.Networks
    },
    remove: async () => {
      await network.remove()
    }
  }
}

/** Docker's name for the device. */
function bridgeOf(networkId: string): string {
  return `br-${networkId.slice(0, 12)}`
}

const ATTEMPTS = 5

/**
 * Engines give an address of one's choice only in a subnet of one's choice, and only they know which subnets are free:
 * so one is asked for, given back, and asked for again by name. Another run may be faster; then it is done once more.
 */
async function create(docker: Docker, run: ContainerRun) {
  const options = { Name: run.name, Labels: run.labels, CheckDuplicate: true, Driver: 'bridge' }
  for (let attempt = 1; ; attempt += 1) {
    const proposal = await docker.createNetwork(options)
    const subnet = await subnetOf(proposal)
    await proposal.remove()
    try {
      const network = await docker.createNetwork({
        ...options,
        IPAM: { Driver: 'default', Config: [{ Subnet: subnet }] }
      })
      return { network, subnet }
    } catch (error) {
      if (attempt === ATTEMPTS) throw error
      await delay(50 * attempt)
    }
  }
}

async function subnetOf(network: ReturnType<Docker['getNetwork']>): Promise<string> {
  const { IPAM } = await network.inspect()
  const subnets = (IPAM?.Config ?? []) as { Subnet?: string }[]
  const subnet = subnets.map(({ Subnet }) => Subnet).find(text => text?.includes('.'))
  if (subnet === undefined) throw new Error('it has no IPv4 subnet')
  return subnet
}
