/**
 * Modules that a bundled node program does without, or has in a form that costs nothing at its start. Times are of processor time in
 * each node, on the host of docs/PERFORMANCE.md.
 */
import type { OnLoadResult, Plugin } from 'esbuild'

interface Replacement {
  /** The text of an import. */
  readonly imported: RegExp
  /** Of the file that imports it. */
  readonly by: RegExp
  readonly contents: string
}

/** A package of mortice's, not of this one. */
const EVENTS = 'main-event'

const replacements: readonly Replacement[] = [
  {
    // Copying the exports of a module, as bundles do on import, loads all that `util` would load on use: 4 ms.
    imported: /^(node:)?util$/,
    by: /./,
    contents: "module.exports = Object.create(require('node:util'))"
  },
  {
    // Noise's default cryptography: it compiles WebAssembly on import. The program gives its own (node/libp2p/native-crypto.ts).
    imported: /^\.\/crypto\/index\.js$/,
    by: /noise\/dist\/src\/noise\.js$/,
    contents: 'export const defaultCrypto = undefined'
  },
  {
    // Locks between processes and threads of one program. A node is one thread.
    imported: /^\.\/node\.js$/,
    by: /mortice\/dist\/src\/mortice\.js$/,
    contents: `import { TypedEventEmitter } from ${JSON.stringify(EVENTS)}\nexport default () => new TypedEventEmitter()`
  }
]

export const leanModules: Plugin = {
  name: 'lean-modules',
  setup(build) {
    for (const [index, { imported, by, contents }] of replacements.entries()) {
      const namespace = `lean-${index}`
      build.onResolve({ filter: imported }, ({ path, importer, namespace: from, resolveDir }) =>
        from === 'file' && by.test(importer) ? { path, namespace, pluginData: resolveDir } : undefined
      )
      build.onLoad(
        { filter: /.*/, namespace },
        ({ pluginData }): OnLoadResult => ({ contents, loader: 'js', resolveDir: pluginData })
      )
    }
  }
}
