const EMPTY = new Map<never, never>()

/** A map that has no table while nothing was ever put in: most of what a node has to remember for bad times stays empty in calm ones. */
export class LazyMap<Key, Value> {
  /** BOUNDED by its owner. */
  #map: Map<Key, Value> | undefined

  get size(): number {
    return this.#map === undefined ? 0 : this.#map.size
  }

  has(key: Key): boolean {
    return this.#map?.has(key) === true
  }

  get(key: Key): Value | undefined {
    return this.#map?.get(key)
  }

  set(key: Key, value: Value): void {
    this.#map ??= new Map()
    this.#map.set(key, value)
  }

  /** Returns whether the key was there. */
  delete(key: Key): boolean {
    return this.#map?.delete(key) === true
  }

  keys(): MapIterator<Key> {
    return (this.#map ?? EMPTY).keys()
  }

  values(): MapIterator<Value> {
    return (this.#map ?? EMPTY).values()
  }

  [Symbol.iterator](): MapIterator<[Key, Value]> {
    return (this.#map ?? EMPTY)[Symbol.iterator]()
  }
}

/** Puts an entry last; beyond `max` the one that was put first makes room. */
export function putBounded<Key, Value>(
  map: LazyMap<Key, Value> | Map<Key, Value>,
  max: number,
  key: Key,
  value: Value
): void {
  map.delete(key)
  if (map.size >= max) map.delete(map.keys().next().value as Key)
  map.set(key, value)
}
