/**
 * Starts a program with what V8 compiled of it in an earlier process: `start.cjs PROGRAM CODE_CACHE [flags of the program]`.
 *
 * The cache of Node itself (NODE_COMPILE_CACHE) holds what is compiled on loading; this one also what was compiled as it ran,
 * which is most of what a node does in its first second. Plain JavaScript: nothing translates it.
 */
const { readFileSync, renameSync, writeFileSync } = require('node:fs')
const { createRequire, wrap } = require('node:module')
const { dirname } = require('node:path')
const { Script } = require('node:vm')

const [program, codeCache] = process.argv.splice(2, 2)
process.argv[1] = program

const script = new Script(wrap(readFileSync(program, 'utf8')), { filename: program, cachedData: cachedData() })
if (process.env.GOSSIP_TESTBED_CODE_CACHE === 'write') process.on('exit', write)
const module_ = { exports: {} }
const run = script.runInThisContext()
run.call(module_.exports, module_.exports, createRequire(program), module_, program, dirname(program))

/** Without it, or with that of another V8, the program starts all the same. */
function cachedData() {
  try {
    return readFileSync(codeCache)
  } catch {
    return undefined
  }
}

/** In one step, for others may be reading it. */
function write() {
  const temporary = `${codeCache}.${process.pid}.tmp`
  writeFileSync(temporary, script.createCachedData())
  renameSync(temporary, codeCache)
}
