import type { Duplex } from 'node:stream'
import type { Docker } from '../engine.ts'

/**
 * The stream on which a container is written to and heard, in frames.
 *
 * As dockerode's own `attach`, which repeats the parameters as the request's body, and Podman hands that to the container
 * as if it were its first input.
 */
export function attach({ modem }: Docker, containerId: string): Promise<Duplex> {
  const request = {
    path: `/containers/${containerId}/attach?`,
    options: { stream: true, stdin: true, stdout: true, stderr: true },
    method: 'POST',
    isStream: true,
    hijack: true,
    file: Buffer.alloc(0),
    statusCodes: { 200: true, 404: 'no such container', 500: 'server error' }
  }
  return new Promise((resolve, reject) => {
    modem.dial(request, (error, stream) => (error === null ? resolve(stream as Duplex) : reject(error)))
  })
}
