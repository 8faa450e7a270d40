/**
 * testcontainers weighs several times as much as all else that the harness needs, so it is installed only by those who want
 * nodes in containers.
 *
 * @throws with what to do if it is not installed
 */
export function requireTestcontainers(): void {
  if (hasTestcontainers()) return
  throw new Error(
    'nodes in containers need a package that is not installed: npm install --save-dev testcontainers. ' +
      'Nodes as processes do not: --runner process.'
  )
}

export function hasTestcontainers(): boolean {
  try {
    import.meta.resolve('testcontainers')
    return true
  } catch {
    return false
  }
}
