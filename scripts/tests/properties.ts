/**
 * Loaded before every test file: how property tests draw what they try. What Node compiles of the modules that follow is kept for the next
 * file, most of which load the same ones.
 *
 * What a property is given grows up to the `maxLength` that it states; fast-check alone stops at some ten items, whatever is stated.
 * A run tries the same as the one before it, so that whoever changed nothing breaks nothing. `PROPERTY_SEED` names other things to try:
 * a number, or `any` for what nobody has tried yet; a failure prints its seed.
 */
import { enableCompileCache } from 'node:module'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'

enableCompileCache(fileURLToPath(new URL('../../node_modules/.cache/gossip-testbed/tests', import.meta.url)))

const { PROPERTY_SEED = '1' } = process.env
const seed = PROPERTY_SEED === 'any' ? undefined : Number(PROPERTY_SEED)
if (seed !== undefined && !Number.isInteger(seed))
  throw new Error(`PROPERTY_SEED is a whole number or any, got ${PROPERTY_SEED}`)

fc.configureGlobal({ defaultSizeToMaxWhenMaxSpecified: true, ...(seed !== undefined && { seed }) })
