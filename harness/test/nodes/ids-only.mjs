/** Keeps the contract with books of peer ids alone, and says so. */
const stringify = JSON.stringify
JSON.stringify = value => {
  const idOf = ({ peerId }) => ({ peerId })
  if (value.type === 'ready') return stringify({ ...value, v: 2, fields: [], can: ['leave', 'key'] })
  if (value.type === 'joined' || value.type === 'updated') return stringify({ type: value.type, ...idOf(value) })
  if (value.type === 'book') return stringify({ ...value, entries: value.entries.map(idOf) })
  return stringify(value)
}
await import('./honest.mjs')
