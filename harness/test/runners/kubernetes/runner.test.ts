import tap from 'tap'
import { runnerContract } from '../runner-contract.ts'
import { localRunner, withAgents } from './local-agents.ts'

await withAgents(agent => {
  runnerContract(
    'kubernetes',
    async (program, logPathOf) => (await localRunner(tap, agent, program, { logPathOf })).runner
  )
})
