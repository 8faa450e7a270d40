/** V8's CPU profiles, summed up. */

/** As far as it is read: https://chromedevtools.github.io/devtools-protocol/v8/Profiler/#type-Profile */
export interface CpuProfile {
  nodes: { id: number; callFrame: { functionName: string; url: string; lineNumber: number } }[]
  /** Ids of the nodes on top of the stack, one a sample. */
  samples: number[]
  /** In us, each from the sample before. */
  timeDeltas: number[]
}

export interface SelfTimes {
  totalMs: number
  /** In descending order. */
  byPackage: [packageName: string, ms: number][]
  byFunction: [functionName: string, ms: number][]
}

/** A longer gap between two samples means that another process had the processor. */
const MAX_SAMPLE_US = 1_000

/** Idle time is left out. */
export function selfTimes({ nodes, samples, timeDeltas }: CpuProfile): SelfTimes {
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]))
  const byPackage = new Map<string, number>()
  const byFunction = new Map<string, number>()
  let totalMs = 0
  samples.forEach((id, index) => {
    const { functionName, url, lineNumber } = frames.get(id)!
    if (functionName === '(idle)') return
    // A sample lasts until the next one; of the last one nothing is known.
    const ms = Math.min(timeDeltas[index + 1] ?? 0, MAX_SAMPLE_US) / 1_000
    totalMs += ms
    const packageName = packageOf(url, functionName)
    add(byPackage, packageName, ms)
    add(byFunction, `${functionName || '(anonymous)'}  ${packageName} ${url.split('/').at(-1)}:${lineNumber + 1}`, ms)
  })
  return { totalMs, byPackage: descending(byPackage), byFunction: descending(byFunction) }
}

/** An npm package, a folder of this repository, a module of Node, or what V8 itself does. */
export function packageOf(url: string, functionName: string): string {
  const installed = [...url.matchAll(/\/node_modules\/((?:@[^/]+\/)?[^/]+)/g)].at(-1)?.[1]
  if (installed !== undefined) return installed
  if (url.startsWith('node:')) return url.split('/').slice(0, 2).join('/')
  return /\/((?:lib|harness)\/src\/[^/]+)\//.exec(url)?.[1] ?? functionName
}

function add(times: Map<string, number>, key: string, ms: number): void {
  times.set(key, (times.get(key) ?? 0) + ms)
}

function descending(times: ReadonlyMap<string, number>): [string, number][] {
  return [...times].sort((a, b) => b[1] - a[1])
}
