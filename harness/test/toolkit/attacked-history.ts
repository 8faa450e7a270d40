/** A run whose nodes write what they can to harm those who read its reports. */
import type { History } from '../../src/history/history.ts'
import { historyOf } from './history-builder.ts'

export const hostile = [
  '\u001b[2J\u001b]0;owned\u0007',
  '\u202eevil\u2066',
  '\u009b31m',
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "'&amp;]]>",
  'x'.repeat(10_000),
  '\ud800\uffff'
]

/** Every place into which a node can write, and the names of nodes too. */
export function attacked(): History {
  const name = hostile.join(' ')
  const n3 = `n3${name}`
  const peerId = `<b>${hostile[0]}${hostile[1]}`
  const history = historyOf(['n1', 'n2', n3, 'n4', 'n5'], { scenario: name })
    .started('n1', 'n2', n3)
    .spawned('n4')
    .ready('n4', { name, peerId, addrs: hostile })
    .meet('n1', 'n2', n3)
    .joined('n1', 'n4', { name: `${name}!`, peerId, addrs: [...hostile, 'more'] })
    .joined('n2', 'n1', { name, peerId: name })
    .spawnFailed('n5', name)
    .found('n1', name, name)
    .stats('n2', { rejected: { [name]: 7 }, rssBytes: 1 })
    .faultInjected(name, n3)
    .found(n3, 'line is empty')
    .dumpedAs('n1', [])
  return history.faultHealed(name).exited('n2', { signal: name, stderrTail: hostile }).at(30_000).ended('deadline')
}

/** All but the line breaks that a report itself makes. */
export const unprintable = /[^\P{Cc}\n]|[\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u
