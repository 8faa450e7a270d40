import { EventEmitter } from 'node:events'
import type { ServerResponse } from 'node:http'
import { mock } from 'node:test'
import t from 'tap'
import { Feed } from '../../../src/reports/ui/feed.ts'

t.test('nothing more is sent to a reader that has not taken the last piece, for as long as it takes', async t => {
  mock.timers.enable({ apis: ['setInterval'] })
  t.teardown(() => mock.timers.reset())
  const written: string[] = []
  const response = Object.assign(new EventEmitter(), {
    writableNeedDrain: false,
    write(text: string) {
      written.push(text)
      response.writableNeedDrain = true
    }
  })
  const feed = new Feed({ clock: () => ({ nowMs: 0 }) })
  for (let i = 0; i < 10; i++) feed.append({ atMs: i, type: 'step', step: 'x'.repeat(200_000), state: 'begun' })
  feed.add(response as unknown as ServerResponse, 0)
  const sent = written.length
  t.equal(sent, 1)
  mock.timers.tick(60_000)
  t.equal(written.length, sent)
  response.writableNeedDrain = false
  mock.timers.tick(100)
  t.equal(written.length, sent + 1)
  response.emit('close')
})
