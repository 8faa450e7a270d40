/** Makes what fails smaller: the one shrinker, of simulations and of real runs. */

export interface Shrinkable<Step> {
  readonly nodes: number
  readonly steps: readonly Step[]
}

export interface ShrinkingBy<Step, Whole extends Shrinkable<Step>> {
  /** `impossible`: cannot be run at all, and was not. */
  attempt(smaller: Whole): Promise<'fails' | 'holds' | 'impossible'>
  /** The same for another number of nodes; undefined when it is not for so few. */
  withNodes(whole: Whole, nodes: number): Whole | undefined
  /** What is less than the step, the least first; steps stay as they are without it. */
  simpler?(step: Step): Step[]
  /** Attempts that are made at most. */
  readonly maxTried: number
  /** Whoever waits for the smallest would rather have a small one. */
  isOver(): boolean
}

/** Drops nodes and steps, and simplifies steps, for as long as it still fails. What fails need not fail in the same way. */
export async function smallestFailing<Step, Whole extends Shrinkable<Step>>(
  failing: Whole,
  by: ShrinkingBy<Step, Whole>
): Promise<{ smallest: Whole; tried: number }> {
  const shrinking = new Shrinking(failing, by)
  await shrinking.dropNodes()
  await shrinking.dropSteps()
  await shrinking.simplifySteps()
  await shrinking.dropNodes()
  const { smallest, tried } = shrinking
  return { smallest, tried }
}

class Shrinking<Step, Whole extends Shrinkable<Step>> {
  smallest: Whole
  tried = 0
  readonly #by: ShrinkingBy<Step, Whole>

  constructor(failing: Whole, by: ShrinkingBy<Step, Whole>) {
    this.smallest = failing
    this.#by = by
  }

  /** Half of the nodes, then ever smaller shares of them. */
  async dropNodes(): Promise<void> {
    let share = Math.floor(this.smallest.nodes / 2)
    while (share >= 1) {
      const fewer = this.#by.withNodes(this.smallest, this.smallest.nodes - share)
      if (fewer === undefined || !(await this.#tries(fewer))) share = Math.floor(share / 2)
    }
  }

  /** Half of the steps, then ever smaller runs of them. */
  async dropSteps(): Promise<void> {
    const { length: count } = this.smallest.steps
    for (let length = Math.ceil(count / 2); length >= 1; length = length === 1 ? 0 : Math.ceil(length / 2)) {
      for (let from = 0; from < this.smallest.steps.length; ) {
        const steps = this.smallest.steps.toSpliced(from, length)
        if (!(await this.#tries({ ...this.smallest, steps }))) from += length
      }
    }
  }

  async simplifySteps(): Promise<void> {
    for (let index = 0; index < this.smallest.steps.length; ) {
      const before = this.smallest
      for (const simpler of this.#by.simpler?.(before.steps[index]!) ?? []) {
        if (await this.#tries({ ...before, steps: before.steps.with(index, simpler) })) break
      }
      if (this.smallest === before) index++
    }
  }

  async #tries(smaller: Whole): Promise<boolean> {
    if (this.tried >= this.#by.maxTried || this.#by.isOver()) return false
    const result = await this.#by.attempt(smaller)
    if (result !== 'impossible') this.tried++
    if (result === 'fails') this.smallest = smaller
    return result === 'fails'
  }
}
