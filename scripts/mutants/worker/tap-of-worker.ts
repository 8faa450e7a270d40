/** Stands in for tap in a {@link file://./worker.ts worker}: each run of a test file has a root of its own. */
import { Test } from 'tap'

type Root = ReturnType<typeof emptyRoot>

let root = emptyRoot('before the first run')

/** Called when the file begins with its first test: its imports are loaded by then. */
let onFirstUse = () => {}

/** From here on what is tested is tested in this run. */
export function newRoot(name: string, begins: () => void): Root {
  root = emptyRoot(name)
  root.resume()
  onFirstUse = begins
  return root
}

export const test = ((...args: Parameters<Root['test']>) => used().test(...args)) as Root['test']

export default new Proxy({} as Root, {
  get: (_, name) => {
    const value: unknown = used()[name as keyof Root]
    return typeof value === 'function' ? value.bind(root) : value
  }
})

function used(): Root {
  onFirstUse()
  return root
}

function emptyRoot(name: string) {
  return new Test({ name })
}
