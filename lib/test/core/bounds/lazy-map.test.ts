import assert from 'node:assert/strict'
import fc from 'fast-check'
import { test } from 'tap'
import { LazyMap } from '../../../src/core/bounds/lazy-map.ts'

const anyUse = fc.record({ type: fc.constantFrom('set', 'delete'), key: fc.nat(5), value: fc.nat() })

test('a lazy map holds what a map holds, in the same order, also before anything was put in', async () => {
  fc.assert(
    fc.property(fc.array(anyUse, { maxLength: 20 }), uses => {
      const lazy = new LazyMap<number, number>()
      const map = new Map<number, number>()
      const assertAlike = () => {
        assert.equal(lazy.size, map.size)
        assert.deepEqual([...lazy], [...map])
        assert.deepEqual([...lazy.keys()], [...map.keys()])
        assert.deepEqual([...lazy.values()], [...map.values()])
        for (let key = 0; key <= 5; key++) {
          assert.equal(lazy.get(key), map.get(key))
          assert.equal(lazy.has(key), map.has(key))
        }
      }
      assertAlike()
      for (const { type, key, value } of uses) {
        if (type === 'delete') assert.equal(lazy.delete(key), map.delete(key))
        else {
          lazy.set(key, value)
          map.set(key, value)
        }
        assertAlike()
      }
    })
  )
})
