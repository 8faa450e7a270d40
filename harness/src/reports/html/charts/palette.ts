/** The page's colours, as a canvas needs them: the custom properties of its style sheet, in the theme of the moment. */

const NAMES = ['text', 'soft', 'line', 'card', 'pass', 'fail', 'unknown', 'wait', 'search', 'full', 'fault'] as const

export type Palette = Readonly<Record<(typeof NAMES)[number], string>>

/** On paper there is no dark theme. */
const FALLBACK: Palette = {
  text: '#1c2128',
  soft: '#59636e',
  line: '#d9dee4',
  card: '#ffffff',
  pass: '#15703a',
  fail: '#b3261e',
  unknown: '#7a5200',
  wait: '#b6bec9',
  search: '#2f6fdd',
  full: '#2f9e5c',
  fault: '#f0b429'
}

/** @param read - gives the value of a custom property such as `--text`; empty if the page has none */
export function paletteOf(read: (property: string) => string): Palette {
  return Object.fromEntries(NAMES.map(name => [name, read(`--${name}`).trim() || FALLBACK[name]])) as Palette
}
