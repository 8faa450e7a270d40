/** A connection to a port of a pod, as `kubectl port-forward` makes it: it needs no way to the network of the pods. */
import { Duplex, PassThrough } from 'node:stream'
import { type KubeConfig, PortForward } from '@kubernetes/client-node'
import { clusterReasonOf, withinTime } from './words.ts'

const OPEN_WITHIN_MS = 10_000

/** @throws {Error} with the cluster's words */
export async function forwardPort(
  config: KubeConfig,
  { namespace, pod, port }: { namespace: string; pod: string; port: number }
): Promise<Duplex> {
  const [toPod, fromPod, complaints] = [new PassThrough(), new PassThrough(), new PassThrough()]
  const forwarding = new PortForward(config).portForward(namespace, pod, [port], fromPod, complaints, toPod)
  const socket = await withinTime(forwarding, OPEN_WITHIN_MS).catch((error: unknown) => {
    throw new Error(`the cluster forwards no port of the pod ${pod}: ${clusterReasonOf(error)}`)
  })
  if (typeof socket === 'function') throw new Error('a connection that is not to be made again has one socket')
  const stream = Duplex.from({ writable: toPod, readable: fromPod })
  socket.on('close', () => {
    // What has come is read to its end.
    fromPod.end()
    stream.end()
  })
  // An error is followed by the end of the connection.
  socket.on('error', () => {})
  complaints.once('data', () => socket.close())
  stream.on('close', () => socket.close())
  return stream
}
