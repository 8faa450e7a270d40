/**
 * A program: asks whether somebody listens at the addresses of nodes, from the bridge's own address. The harness itself is not in
 * their network.
 */
import { probe } from '../probe.ts'
import type { ProbeResult } from '../runner.ts'
import { serveRequests } from './serve-requests.ts'

serveRequests<{ addrs: readonly string[] }, ProbeResult>(({ addrs }) => probe(addrs))
