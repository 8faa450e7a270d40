import { readFile } from 'node:fs/promises'
import { test } from 'tap'
import { ROUTER_KINDS, ROUTERS, type Router } from '../../src/faults/routers.ts'

const guide = await readFile(new URL('../../../docs/guide/netns.md', import.meta.url), 'utf8')

/** What the guide says of a router, by the first cell of the row. */
const rows = new Map(
  guide
    .split('\n')
    .filter(line => line.startsWith('| '))
    .map(line => line.slice(2, -2).split(' | '))
    .map(([first, ...cells]) => [first!, cells] as const)
)

for (const [column, kind] of ROUTER_KINDS.entries()) {
  test(`the guide tells of ${kind} what the table has`, async t => {
    const router: Router = ROUTERS[kind]
    const { tcpIdleSeconds, udpIdleSeconds, tcpPorts, maxConnections } = router
    const told = (row: string) => rows.get(row)?.[column] ?? ''
    t.match(guide, `\`${kind}\``)
    t.equal(told('forgets an idle connection, TCP / UDP'), `${tcpIdleSeconds} s / ${udpIdleSeconds} s`)
    t.match(told('public address'), router.isShared ? 'one for all such nodes' : 'one for each node')
    t.equal(told('translations in a row'), router.isBehindHomeRouters ? '2' : '1')
    t.match(told('port of a node, as others see it'), router.ports)
    if (tcpPorts !== undefined) t.match(told('what goes out'), `ports ${tcpPorts.join(' and ')}`)
    if (maxConnections !== undefined) t.match(told('what goes out'), `${maxConnections} connections`)
    if (tcpPorts === undefined && maxConnections === undefined) t.equal(told('what goes out'), 'everything')
    if (router.isShared) t.match(told('nodes behind it reach each other'), router.isolatesNodes ? /^no/ : 'yes')
  })
}
