/** What a page knows of a run, made up: a run of 10 s of nodes 'n1', 'n2', ... in which nothing happened but what is given. */
import type { FaultBand, NodeFacts, ReportData } from '../../src/reports/html/data/report-data.ts'

export function reportData(nodes: number | readonly NodeFacts[], known: Partial<ReportData> = {}): ReportData {
  const facts = typeof nodes === 'number' ? Array.from({ length: nodes }, (_, i) => liveNode(`n${i + 1}`)) : nodes
  return {
    outcome: 'pass',
    scenario: 'made-up',
    isDigest: false,
    endMs: 10_000,
    deadlineMs: 30_000,
    nodes: facts,
    phases: [],
    faults: [],
    books: { atMs: [], line: [], change: [], observer: [], subject: [], epoch: [], seq: [], epochs: [] },
    happenings: [],
    missing: { observer: [], subject: [], cause: [], causes: [] },
    completeness: { atMs: [0, 1_000], share: [0, 1] },
    links: { atMs: [], by: [], to: [], isUp: [] },
    delays: [],
    costs: facts.map(() => noCosts()),
    findings: [],
    checks: [],
    ...known
  }
}

/** Ready after 0.2 s, its book right from 1 s to the end. */
export function liveNode(name: string): NodeFacts {
  return { name, status: 'live', runs: [{ spawnedMs: 0, readyMs: 200, rightSpans: [[1_000, 10_000]] }] }
}

export function noCosts(): ReportData['costs'][number] {
  const none = { atMs: [], value: [] }
  return {
    cpuMs: none,
    rssBytes: none,
    receivedBytes: none,
    announcementsReceived: none,
    announcementsSent: none
  }
}

export function faultBand(fromMs: number, toMs: number, nodes: readonly number[] = [0]): FaultBand {
  return {
    id: 's1',
    title: `kill ${nodes.map(node => `n${node + 1}`).join(', ')}`,
    nodes,
    fromMs,
    toMs,
    isHealed: true
  }
}
