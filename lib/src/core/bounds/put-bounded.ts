import type { LazyMap } from './lazy-map.ts'

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
