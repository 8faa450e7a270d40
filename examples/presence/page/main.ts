/** The page: a node of the network of everybody who has it open, a form for oneself, and the list of the others. */
import { type PageNode, startNode } from './network.ts'
import { People } from './people.ts'
import { type Profile, profileOf, store, storedProfile } from './profile.ts'
import { keepRelay } from './relay-link.ts'
import { byId, showPeople, showRelay, tell } from './view.ts'

const form = byId('profile') as HTMLFormElement

await main().catch(error => showRelay(`This page cannot run here: ${error.message}`, 'failed'))

async function main(): Promise<void> {
  if (!isSecureContext) throw new Error('browsers allow it only over https, or from localhost')
  const profile = storedProfile()
  fill(profile)
  showRelay('Looking for the relay…', 'waiting')
  const node = await startNode(profile)
  takeChanges(node, profile)
  const people = new People(node, news => {
    showPeople(people)
    if (news !== undefined) tell(news)
  })
  await keepRelay(node, isConnected => {
    if (isConnected) showRelay('Connected', 'connected')
    else showRelay('The relay does not answer. Trying again…', 'waiting')
  })
}

function fill({ name, state, note }: Profile): void {
  const fields = { name, state, note }
  for (const [field, value] of Object.entries(fields)) {
    const control = form.elements.namedItem(field) as HTMLInputElement | RadioNodeList
    control.value = value
  }
}

/** A change is announced at once. In place of a name of nothing but blanks the former one comes back. */
function takeChanges(node: PageNode, first: Profile): void {
  let profile = first
  const change = () => {
    const { name, state, note } = Object.fromEntries(new FormData(form))
    const next = profileOf({ name, state, note })
    profile = next.name === '' ? { ...next, name: profile.name } : next
    fill(profile)
    store(profile)
    node.services.discovery.update({ name: profile.name, metadata: { state: profile.state, note: profile.note } })
  }
  form.addEventListener('change', change)
  form.addEventListener('submit', event => {
    event.preventDefault()
    change()
  })
}
