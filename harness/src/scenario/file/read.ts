/** Reads a scenario from YAML. Every fault is told with its line and column. */
import { FileError } from '../../yaml/problem.ts'
import { type FileKind, readYaml } from '../../yaml/read-yaml.ts'
import type { Scenario } from '../scenario.ts'
import { explainScenario } from './explain.ts'
import { checkReferences } from './references.ts'
import { scenarioSchema } from './schema.ts'

export class ScenarioError extends FileError {
  override name = 'ScenarioError'
}

const kind: FileKind = { name: 'a scenario', least: 'about: and what happens', Fault: ScenarioError }

/**
 * @param file - as it is shown to the user
 * @throws {ScenarioError} with everything that is wrong
 */
export function readScenario(text: string, { name, file }: { name: string; file: string }): Scenario {
  const { content, source } = readYaml(text, file, kind)
  const read = scenarioSchema.safeParse(content)
  if (!read.success) throw new ScenarioError(source, explainScenario(read.error.issues, content))
  const problems = checkReferences(read.data)
  if (problems.length > 0) throw new ScenarioError(source, problems)
  return { ...read.data, name, source }
}
