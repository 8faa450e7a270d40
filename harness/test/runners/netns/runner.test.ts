import tap from 'tap'
import { runnerContract } from '../runner-contract.ts'
import { noNamespaces, runnerOf } from './namespaces.ts'

const skip = await noNamespaces()

if (skip === false) runnerContract('netns', (program, logPathOf) => runnerOf(program, { logPathOf }))
else tap.plan(0, skip)
