/** What the relay and the pages agree on. */

/** The network of this example: nodes of another topic are not seen. */
export const TOPIC = 'presence-example'

/** Pages at once: connections to the relay, and reservations there. A relay's default is 15. */
export const MAX_PAGES = 256

/** How often a page announces itself, and how long it is listed without a word. Half of the library's defaults, since people look on. */
export const PACE = { announceIntervalMs: 5_000, entryTtlMs: 15_000 }

/** The relay is a member as well. Pages do not list members of this role among the people. */
export const RELAY_ROLE = 'relay'

/** Here the web server tells which peer the relay is: `{ "peerId": "12D3..." }`. */
export const RELAY_PATH = '/relay.json'
