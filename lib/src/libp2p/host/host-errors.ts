/** What the errors of the host mean. */

/** The words of gossipsub and floodsub, of all versions, for a topic that no connected peer subscribes to. */
export function isNobodyThere(error: unknown): boolean {
  return /NoPeersSubscribed|InsufficientPeers|no peers/i.test(String(error))
}

/** Whether every address answered that nobody listens there, which only a host that is up can say. */
export function isRefusal(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.length > 0 && error.errors.every(isRefusal)
  const { code, cause } = error as { code?: unknown; cause?: unknown }
  return code === 'ECONNREFUSED' || (cause !== undefined && isRefusal(cause))
}
