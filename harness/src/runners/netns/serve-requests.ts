/** How a helper answers. Apart from the side that asks, so that a helper starts without what that side needs. */
import { createInterface } from 'node:readline'

/** Answers each request, and ends with stdin. */
export function serveRequests<Request, Answer>(answer: (request: Request) => Answer | Promise<Answer>): void {
  createInterface({ input: process.stdin })
    .on('line', async line => {
      const [number, request] = JSON.parse(line) as [number, Request]
      process.stdout.write(`${JSON.stringify([number, await answer(request)])}\n`)
    })
    .on('close', () => process.exit())
}
