import { runSimulation } from './src/simulation/simulation.ts'
const [nodes, seconds, seed, scenario] = process.argv.slice(2)
const t = performance.now()
const r = runSimulation({ nodes: Number(nodes), deadlineMs: Number(seconds) * 1000, seed: Number(seed), scenario: (scenario ?? 'calm') as any })
const { history, joins, detections, faults, notes, ...rest } = r
const q = (a: (number|undefined)[], p: number) => { const s = a.map(x => x ?? Infinity).sort((x, y) => x - y); return s[Math.min(s.length - 1, Math.floor(p * s.length))]?.toFixed(0) }
console.log(JSON.stringify(rest, (k, v) => typeof v === 'number' ? Math.round(v * 100) / 100 : v, 1).replaceAll('\n', ' ').replace(/ +/g, ' '))
console.log('notes', notes)
console.log('full p50/p95/max', q(joins.map(j => j.fullMs), .5), q(joins.map(j => j.fullMs), .95), q(joins.map(j => j.fullMs), 1), 'visible100 p50/max', q(joins.map(j => j.visible100Ms), .5), q(joins.map(j => j.visible100Ms), 1))
console.log('detections', detections.slice(0, 3)); console.log('faults', faults.slice(0, 3), faults.length)
console.log('last join', joins.at(-1))
console.log('wall', ((performance.now() - t) / 1000).toFixed(2), 's; rss', (process.memoryUsage.rss() / 1e6).toFixed(0), 'MB; max rss', (process.resourceUsage().maxRSS/1e3).toFixed(0), 'events/s', Math.round(r.events / (performance.now() - t) * 1000), 'history', history?.length)
