import { test } from 'tap'
import { Report, type Shown } from '../tests/report.ts'

const TAP = `TAP version 14
# Subtest: a fact
    ok 1 - should be equal
    1..1
ok 1 - a fact # time=3.1ms

# Subtest: a slow fact
    1..0
ok 2 - a slow fact # time=1234.5ms

# Subtest: a wrong one
    ok 1 - the first holds
    not ok 2 - the second does not
      ---
      compare: ===
      at:
        fileName: a.test.ts
      source: |
        t.equal(1, 2)

        -^
      diff: |
        -2
        +1
      ...
    1..2
not ok 3 - a wrong one # time=5ms
  ---
  at:
    fileName: a.test.ts
  ...

ok 4 - no python # SKIP python3 is not here
not ok 5 - outside of a test
  ---
  diff: |
    -4
    +3
  ...

1..5
# { total: 5, pass: 3, fail: 2 }
# time=1250ms
`

const FAILURES = `✗ a wrong one
    not ok 2 - the second does not
      diff: |
        -2
        +1
✗ outside of a test
  diff: |
    -4
    +3
{ total: 5, pass: 3, fail: 2 }
time=1250ms
`

test('of what failed only the failed assertions and what differs are shown', async t => {
  t.equal(reported('failed tests', [TAP]), FAILURES)
})

test('each test is a line, with its time if that is long, or why it was skipped', async t => {
  const passed = ['✓ a fact', '✓ a slow fact (1.2 s)', '- no python SKIP python3 is not here']
  t.strictSame(
    reported('every test', [TAP])
      .split('\n')
      .filter(line => /^[✓-] /.test(line)),
    passed
  )
})

test('pieces may end anywhere', async t => {
  t.equal(reported('failed tests', [...TAP]), FAILURES)
})

function reported(shown: Shown, pieces: string[]): string {
  let printed = ''
  const report = new Report(shown, text => {
    printed += text
  })
  for (const piece of pieces) report.add(piece)
  return printed
}
