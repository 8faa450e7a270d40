/** No file imports itself by way of others, not even for a type: a reader of one file of a circle must read them all. */
import type { Finding } from './finding.ts'
import type { Source } from './sources.ts'

/** For each import the shortest circle that it is part of, so that no circle hides behind another. */
export function importCircles(sources: readonly Source[]): Finding[] {
  const importsOf = new Map(sources.map(({ path, imports }) => [path, imports.flatMap(({ file }) => file ?? [])]))
  const circles = new Set<string>()
  for (const [file, imports] of importsOf) {
    for (const imported of imports) {
      const back = shortestWay(imported, file, importsOf)
      if (back !== undefined) circles.add(fromSmallest(back).join(' '))
    }
  }
  return [...circles].map(circle => {
    const files = circle.split(' ')
    const message = `${[...files, files[0]].join(' -> ')}: an import circle; move what both sides need to another file`
    return { rule: 'import circles', place: circle, size: files.length, message }
  })
}

/** Both ends included. */
function shortestWay(
  start: string,
  end: string,
  importsOf: ReadonlyMap<string, readonly string[]>
): string[] | undefined {
  const cameFrom = new Map<string, string | undefined>([[start, undefined]])
  for (const file of cameFrom.keys()) {
    if (file === end) return wayTo(end, cameFrom)
    // A Map goes on to the keys that are added while it is walked through, in their order: a breadth-first search.
    for (const next of importsOf.get(file) ?? []) if (!cameFrom.has(next)) cameFrom.set(next, file)
  }
  return undefined
}

function wayTo(end: string, cameFrom: ReadonlyMap<string, string | undefined>): string[] {
  const way: string[] = []
  for (let file: string | undefined = end; file !== undefined; file = cameFrom.get(file)) way.unshift(file)
  return way
}

/** Every file of a circle names the same circle. */
function fromSmallest(circle: readonly string[]): string[] {
  const first = circle.indexOf(circle.toSorted()[0]!)
  return [...circle.slice(first), ...circle.slice(0, first)]
}
