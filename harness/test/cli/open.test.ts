import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import tap, { type Test, test } from 'tap'
import { FILE_PATIENCE_MS, until } from '../../../scripts/tests/until.ts'
import { openInBrowser } from '../../src/cli/open/opener.ts'
import { expectRefusal, startHarness } from '../toolkit/harness.ts'

tap.setTimeout(FILE_PATIENCE_MS)

const OLD = '2026-01-01T00-00-00-split'
const NEW = '2026-02-01T00-00-00-crash'

const skip = process.platform !== 'linux' && 'xdg-open is of Linux'

for (const [argv, wanted] of [
  ['open', `runs/${NEW}/report.html`],
  [`open runs/${OLD}`, `runs/${OLD}/report.html`],
  [`open ${OLD}`, `runs/${OLD}/report.html`],
  [`open runs/${OLD}/report.html`, `runs/${OLD}/report.html`]
] as const) {
  test(`the report is opened, and told where it is: ${argv}`, { skip }, async t => {
    const folder = runsOf(t)
    putOpener(folder, 'printf %s "$1" > opened')
    const { code, stdout, stderr } = await startHarness(t, folder, argv.split(' '), { env: desktop(folder) }).ended
    t.same([code, stdout, stderr], [0, `${wanted}\n`, ''])
    t.equal(readFileSync(join(folder, 'opened'), 'utf8'), join(folder, wanted))
  })
}

test('the last run is the one that the link leads to', { skip }, async t => {
  const folder = runsOf(t)
  await symlink(OLD, join(folder, 'runs/latest'))
  const { stdout } = await startHarness(t, folder, ['open', '--path'], { env: desktop(folder) }).ended
  t.equal(stdout, 'runs/latest/report.html\n')
})

test('a browser that goes on is not waited for', { skip }, async t => {
  const folder = runsOf(t)
  const pidFile = join(folder, 'pid')
  putOpener(folder, `echo $$ > '${pidFile}'; exec '${process.execPath}' -e 'setInterval(() => {}, 1e6)'`)
  t.equal(await openInBrowser(folder, { env: desktop(folder), patienceMs: 1 }), undefined)
  await until(() => existsSync(pidFile) && readFileSync(pidFile, 'utf8') !== '')
  t.doesNotThrow(() => process.kill(Number(readFileSync(pidFile, 'utf8'))), 'it lives on')
})

for (const [script, said] of [
  ['exit 4', 'xdg-open ended with 4'],
  ['kill -9 $$', 'xdg-open ended with a signal']
] as const) {
  test(`an opener that fails is told of: ${script}`, { skip }, async t => {
    const folder = runsOf(t)
    putOpener(folder, script)
    t.equal(await openInBrowser(folder, { env: desktop(folder), patienceMs: FILE_PATIENCE_MS }), said)
  })
}

for (const [why, opener, env, said] of [
  ['no display', ': > opened', { DISPLAY: '' }, 'there is no display'],
  ['no opener', undefined, {}, 'xdg-open is not there']
] as const) {
  test(`where nothing opens it, it is said where it is and how to see it: ${why}`, { skip }, async t => {
    const folder = runsOf(t)
    if (opener !== undefined) putOpener(folder, opener)
    const { code, stdout, stderr } = await startHarness(t, folder, ['open'], {
      env: { ...desktop(folder), ...env }
    }).ended
    const report = join(folder, 'runs', NEW, 'report.html')
    t.same([code, stdout], [3, `runs/${NEW}/report.html\n`])
    t.equal(stderr, `test-network: not opened: ${said}; open ${pathToFileURL(report).href} in a browser\n`)
    t.notOk(existsSync(join(folder, 'opened')))
  })
}

test('only the path: nothing is opened, with and without a display', async t => {
  const folder = runsOf(t)
  putOpener(folder, ': > opened')
  const { code, stdout, stderr } = await startHarness(t, folder, ['open', '--path'], { env: desktop(folder) }).ended
  t.same([code, stdout, stderr], [0, `runs/${NEW}/report.html\n`, ''])
  t.notOk(existsSync(join(folder, 'opened')))
})

for (const [what, argv, message] of [
  [
    'a run that is not there',
    'open nowhere',
    /^test-network: nowhere is not there: name the folder of a run, [^\n]+\n$/
  ],
  ['a folder of no run', 'open empty', /^test-network: empty is not the folder of a run: [^\n]+\n$/],
  [
    'a run that was not judged',
    'open half',
    /^test-network: half has no report\.html yet: test-network judge half writes it\n$/
  ],
  [
    'a folder of several runs',
    'open explored',
    /^test-network: explored holds several runs; name one: test-network open explored\/2026[^\n]+\n$/
  ]
] as const) {
  test(`${what} is told in one line with exit code 2`, async t => {
    const folder = t.testdir({
      bin: programs(t),
      empty: {},
      half: { 'history.ndjson': '' },
      explored: { [OLD]: {}, [NEW]: {} }
    })
    const { code, stdout, stderr } = await startHarness(t, folder, argv.split(' '), { env: { ...desktop(folder) } })
      .ended
    t.same([code, stdout], [2, ''])
    t.match(stderr, message)
  })
}

test('where there is no run at all, that is told', async t => {
  await expectRefusal(t, 'open', /^test-network: there is no run, neither in runs nor in [^\n]+\n$/)
})

function runsOf(t: Test): string {
  return t.testdir({ bin: programs(t), runs: { [OLD]: { 'report.html': 'old' }, [NEW]: { 'report.html': 'new' } } })
}

/** What starts the harness, and nothing that opens a report. */
function programs(t: Test) {
  return { env: t.fixture('symlink', '/usr/bin/env') }
}

function putOpener(folder: string, script: string): void {
  writeFileSync(join(folder, 'bin/xdg-open'), `#!/bin/sh\n${script}\n`, { mode: 0o755 })
}

function desktop(folder: string): Record<string, string> {
  return {
    DISPLAY: ':7',
    WAYLAND_DISPLAY: '',
    BROWSER: '',
    PATH: join(folder, 'bin'),
    XDG_STATE_HOME: join(folder, 'states')
  }
}
