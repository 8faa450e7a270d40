import { test } from 'tap'
import { nodeCommand, startHarness } from '../toolkit/harness.ts'

/** Its stdout is a terminal, as far as the harness can tell, and a signal makes it fail. */
const PRETENDED = `
Object.assign(process.stdout, { isTTY: true, columns: 80, rows: 24 })
process.on('SIGUSR2', () => { throw new Error('boom') })
`
const nodeArgs = ['--import', `data:text/javascript,${encodeURIComponent(PRETENDED)}`]

const ESCAPE = '\x1b'
const ENTER = `${ESCAPE}[?1049h`
const LEAVE = `${ESCAPE}[?7h${ESCAPE}[?25h${ESCAPE}[?1049l`
const COLOUR = new RegExp(`${ESCAPE}\\[\\d+m`, 'g')

for (const [ending, signals] of [
  ['one signal', ['SIGINT']],
  ['a second signal', ['SIGINT', 'SIGINT']],
  ['SIGTERM', ['SIGTERM']],
  ['a fault of the harness itself', ['SIGUSR2']]
] as const) {
  test(`a run that is ended by ${ending} leaves the terminal as it was`, async t => {
    // Its nodes never say ready.
    const argv = ['2', '120', ...nodeCommand('silent.mjs')]
    const harness = startHarness(t, t.testdir(), argv, { nodeArgs, env: { TERM: 'xterm' } })
    let shown = ''
    harness.child.stdout!.on('data', chunk => {
      shown += chunk
    })
    await harness.until(async () => shown.includes('the nodes start'))
    t.equal(shown.split(ENTER).length - 1, 1)
    for (const signal of signals) harness.child.kill(signal)
    const { stdout } = await harness.ended
    t.equal(stdout.split(LEAVE).length - 1, 1)
    const after = stdout.slice(stdout.indexOf(LEAVE) + LEAVE.length)
    t.notMatch(after.replaceAll(COLOUR, ''), ESCAPE, 'and draws nothing afterwards')
  })
}
