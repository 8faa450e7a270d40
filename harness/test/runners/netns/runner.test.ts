import { runnerContract } from '../runner-contract.ts'
import { runnerOf, withNamespaces } from './namespaces.ts'

await withNamespaces(() => {
  runnerContract('netns', (program, logPathOf) => runnerOf(program, { logPathOf }))
})
