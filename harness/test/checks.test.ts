import t from 'tap'
import { judge } from '../src/checks/judge.ts'
import { converged } from './history-builder.ts'
t.same(judge(converged(['a','b','c']).ended('settled')), {outcome:'pass'})
