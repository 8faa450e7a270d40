import { behindRelay } from './toolkit/behind-relay.ts'
import { endures } from './toolkit/endurance.ts'

endures('thirty nodes behind a relay that is a member keep their connection to it, and their address', async t => {
  return await behindRelay(t, 30)
})
