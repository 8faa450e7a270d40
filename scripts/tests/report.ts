/** Turns TAP, the format in which tap reports, into lines for people. */

/** The result of a test, at the margin. Its assertions stand before it and its diagnosis after it, both indented. */
const RESULT = /^(not )?ok \d+ - (.*?)(?: # (?:time=([\d.]+)ms|((?:SKIP|TODO).*)))?$/

/** Counts, the time in all, and what ended everything. */
const TOTALS = /^(# \{|# time=|Bail out!)/

/** These parts of a diagnosis are left out with all that they hold: the stack names the place, too. */
const LEFT_OUT = /^( +)(?:at|source|compare|tapCaught|isToplevel):/

/** A test that took less is printed without its time. */
const LONG_MS = 100

export type Shown = 'every test' | 'failed tests'

export class Report {
  readonly #shown: Shown
  readonly #print: (text: string) => void
  #assertions: string[] = []
  /** The last result: it is printed when its diagnosis is complete. */
  #result: RegExpExecArray | undefined
  #diagnosis: string[] = []
  #unfinished = ''

  constructor(shown: Shown, print: (text: string) => void) {
    this.#shown = shown
    this.#print = print
  }

  /** Takes a piece of TAP, which may end in the middle of a line. */
  add(tap: string): void {
    const lines = (this.#unfinished + tap).split('\n')
    this.#unfinished = lines.pop()!
    for (const line of lines) this.#take(line)
  }

  #take(line: string): void {
    if (line.trim() === '') return
    if (line.startsWith(' ')) {
      const part = this.#result === undefined ? this.#assertions : this.#diagnosis
      part.push(line)
      return
    }
    this.#printResult()
    this.#result = RESULT.exec(line) ?? undefined
    if (TOTALS.test(line)) this.#print(`${line.replace(/^# /, '')}\n`)
  }

  #printResult(): void {
    if (this.#result === undefined) return
    const isFailed = this.#result[1] !== undefined
    if (isFailed || this.#shown === 'every test') this.#print(headlineOf(this.#result))
    // The diagnosis of a test with failed assertions says nothing that theirs do not say.
    const faults = faultsIn(this.#assertions)
    if (isFailed) this.#print((faults.length > 0 ? faults : faultsIn(this.#diagnosis)).join(''))
    this.#assertions = []
    this.#diagnosis = []
    this.#result = undefined
  }
}

function headlineOf([, failed, name, ms, skipped]: RegExpExecArray): string {
  const mark = failed !== undefined ? '✗' : skipped !== undefined ? '-' : '✓'
  const remark = skipped ?? (Number(ms) >= LONG_MS ? `(${(Number(ms) / 1_000).toFixed(1)} s)` : '')
  return `${`${mark} ${name} ${remark}`.trimEnd()}\n`
}

/** Failed assertions, each with its diagnosis: the lines without the assertions that held. */
function faultsIn(lines: readonly string[]): string[] {
  const faults: string[] = []
  let leftOutIndent = Number.POSITIVE_INFINITY
  for (const line of lines) {
    const indent = line.search(/\S/)
    if (indent > leftOutIndent) continue
    leftOutIndent = LEFT_OUT.test(line) ? indent : Number.POSITIVE_INFINITY
    if (leftOutIndent === indent || /^ *(ok \d|\d+\.\.\d|#|---$|\.\.\.$)/.test(line)) continue
    faults.push(`${line}\n`)
  }
  return faults
}
