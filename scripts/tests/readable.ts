import { Writable } from 'node:stream'
import { Report, type Shown } from './report.ts'

/** For a whole process. Long enough for a busy host, so that only a test that hangs meets it; tap alone gives 30 s. */
const TIMEOUT_S = '600'

/** Has the tests of this process reported for people on stdout. To be called before any test file is loaded. */
export async function reportReadably(shown: Shown): Promise<void> {
  process.env.TAP_TIMEOUT ??= TIMEOUT_S
  // tap reads its environment when it is loaded.
  const { t } = await import('tap')
  const report = new Report(shown, text => process.stdout.write(text))
  t.register()
  t.pipe(
    new Writable({
      write(chunk, _encoding, done) {
        report.add(String(chunk))
        done()
      }
    })
  )
}
