/** A scenario as it was read: what is to happen in a network of any size. `planning/` makes a plan of it. */
import type { FileSource } from '../yaml/problem.ts'
import type { ScenarioFile } from './file/schema.ts'

/** Durations in ms, ratios from 0 to 1, rates in bytes per second. */
export interface Scenario extends ScenarioFile {
  /** Of its file, without the ending. */
  readonly name: string
  /** Where each part stands, for what turns out to be wrong only when it is planned. */
  readonly source: FileSource
}
