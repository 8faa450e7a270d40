/** What the person at this page says of themselves; kept with the tab, so that it outlives a reload. */
import { shownText } from './text.ts'

/** A type, so that it can be the metadata of an announcement as it is. */
export type Profile = {
  readonly name: string
  readonly state: State
  readonly note: string
}

export const STATES = { available: 'Available', busy: 'Busy', away: 'Away' } as const

export type State = keyof typeof STATES

/** A name has room for 64 in an announcement. */
export const MAX_NAME_BYTES = 64
export const MAX_NOTE_BYTES = 120

const STORED_AS = 'presence-profile'
const COLOURS = ['Amber', 'Azure', 'Coral', 'Indigo', 'Ivory', 'Olive', 'Silver', 'Violet']
const ANIMALS = ['Badger', 'Crane', 'Dolphin', 'Falcon', 'Heron', 'Lynx', 'Otter', 'Panda', 'Robin', 'Tapir']

/** From fields that may hold anything. */
export function profileOf({ name, state, note }: { [Key in keyof Profile]: unknown }): Profile {
  return {
    name: shownText(textOf(name), MAX_NAME_BYTES),
    state: isState(state) ? state : 'available',
    note: shownText(textOf(note), MAX_NOTE_BYTES)
  }
}

/** With a name made up for a tab that was never given one. */
export function storedProfile(): Profile {
  const { name, state, note } = { name: '', state: '', note: '', ...stored() }
  const profile = profileOf({ name, state, note })
  return profile.name === '' ? { ...profile, name: `${oneOf(COLOURS)} ${oneOf(ANIMALS)}` } : profile
}

export function store(profile: Profile): void {
  try {
    sessionStorage.setItem(STORED_AS, JSON.stringify(profile))
  } catch {
    // The browser keeps nothing for this page.
  }
}

function stored(): object {
  try {
    return JSON.parse(sessionStorage.getItem(STORED_AS) ?? '{}')
  } catch {
    return {}
  }
}

function isState(state: unknown): state is State {
  return typeof state === 'string' && Object.hasOwn(STATES, state)
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function oneOf(words: readonly string[]): string {
  return words[Math.floor(Math.random() * words.length)]!
}
