/**
 * The client of Kubernetes is installed only by those who want nodes in a cluster.
 *
 * @throws with what to do if it is not installed
 */
export function requireClient(): void {
  if (hasClient()) return
  throw new Error(
    'nodes in a cluster need a package that is not installed: npm install --save-dev @kubernetes/client-node. ' +
      'Nodes as processes do not: --runner process.'
  )
}

export function hasClient(): boolean {
  try {
    import.meta.resolve('@kubernetes/client-node')
    return true
  } catch {
    return false
  }
}
