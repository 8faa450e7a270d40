import assert from 'node:assert/strict'
import fc from 'fast-check'
import { test } from 'tap'
import { LazyMap, putBounded } from '../../../src/core/bounds/lazy-map.ts'

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

test('beyond its bound a map keeps what was put in last, each key once', async () => {
  fc.assert(
    fc.property(fc.array(fc.nat(9), { maxLength: 30 }), fc.integer({ min: 1, max: 5 }), (keys, max) => {
      const map = new LazyMap<number, number>()
      for (const [at, key] of keys.entries()) putBounded(map, max, key, at)
      const newest = [...new Set(keys.toReversed())].slice(0, max).toReversed()
      assert.deepEqual(
        [...map],
        newest.map(key => [key, keys.lastIndexOf(key)])
      )
    })
  )
})
