import type { Container } from '../engine.ts'

const NOT_FOUND = 404
const ALREADY_BEING_REMOVED = 409

/** Whatever runs in it, its volumes too; one that is gone is what was wanted. */
export async function removeContainer(container: Container): Promise<void> {
  try {
    await container.remove({ force: true, v: true })
  } catch (error) {
    const { statusCode } = error as { statusCode?: number }
    if (statusCode !== NOT_FOUND && statusCode !== ALREADY_BEING_REMOVED) throw error
  }
}
