/** The Judgement and the facts of its run as one JSON document, for programs. */

import type { Network, NodeRun } from '../history/observed.ts'
import { missingCells } from '../judge/causes/missing.ts'
import { exitCodeOf } from '../judge/judgement.ts'
import { metricsOf } from '../judge/metrics.ts'
import { inOrder, peerName, statusText } from '../judge/wording.ts'
import type { Judged } from './judged.ts'
import { groupsOf } from './words/book-groups.ts'

export interface Artefacts {
  /** The folder of the run. */
  path?: string
  /** If not that of the outcome: the exit code after a signal. */
  exitCode?: number
  /** Of a simulation: figures that only the simulator has. */
  simulation?: object | undefined
}

/**
 * What a node wrote stands in it unchanged, but for a terminal all of it is harmless: control and formatting characters are
 * written as escapes. Times are ms since the start of the run.
 */
export function renderJson({ network, judgement }: Judged, artefacts: Artefacts = {}): string {
  const { started, ended } = network
  const document = {
    ...judgement,
    exitCode: artefacts.exitCode ?? exitCodeOf[judgement.outcome],
    scenario: started?.scenario ?? null,
    command: started?.command ?? null,
    startedAt: started?.startedAt ?? null,
    ended: ended ?? null,
    ...(network.started?.digest === undefined ? booksOf(network) : { counts: network.counts ?? null }),
    artefacts: artefacts.path ?? null,
    ...(artefacts.simulation !== undefined && { simulation: artefacts.simulation })
  }
  return JSON.stringify(document, null, 2).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, escaped)
}

/** Of a digest nobody knows the single books. */
function booksOf(network: Network) {
  return {
    missing: missingCells(network),
    groups: groupsOf(network).map(({ nodes, knows }) => ({
      nodes,
      knows: inOrder(knows.map(peer => peerName(network, peer)))
    })),
    metrics: metricsOf(network),
    nodes: [...network.nodes].map(([node, runs]) => ({ node, ...statusOf(network, runs) }))
  }
}

function statusOf(network: Network, runs: readonly NodeRun[]) {
  const run = runs.at(-1)
  if (run === undefined) return { status: 'never started' }
  const { ready, exit, spawnFailure } = run
  return {
    status: statusText(network, run),
    runs: runs.length,
    ...(ready !== undefined && { peerId: ready.peerId, name: ready.node, addrs: ready.addrs, epoch: ready.epoch }),
    ...(exit !== undefined && { exit }),
    ...(spawnFailure !== undefined && { spawnFailure })
  }
}

function escaped(character: string): string {
  // The line breaks of the document itself; those inside of texts are escapes already.
  if (character === '\n') return character
  return character.replace(/./gs, unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
