/**
 * Loaded before every test file: what a property test is given grows up to the `maxLength` that it states. fast-check alone stops at some
 * ten items, whatever is stated.
 */
import fc from 'fast-check'

fc.configureGlobal({ defaultSizeToMaxWhenMaxSpecified: true })
