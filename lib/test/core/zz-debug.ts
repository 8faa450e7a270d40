import { Sayings, type Step } from './sayings.ts'
const [steps, seed]: [Step[], number] = JSON.parse(process.argv[2]!)
const liar = process.argv[3] === 'liar'
const said = new Sayings(seed)
if (liar) said.beginToLie()
const net: any = said.network
const t0 = net.nowMs
const watch = new Set((process.argv[4] ?? 'h').split(','))
const origSend = net.send.bind(net)
net.send = (from: string, to: string, m: any) => { if (watch.has(from) || watch.has(to)) { const extra = 'records' in m ? m.records.map((r: any) => `${r.record.announcement.peer}:${r.record.announcement.name}${r.record.announcement.leaving?'!':''}`).join(' ') : m.type==='suspicions' ? m.suspicions.map((s:any)=>s.peer).join(' ') : m.type === 'want' ? m.peers.join(' '):''; if (m.type!=='ping'&&m.type!=='pong' && from!=='liar') console.log(net.nowMs - t0, `${from}->${to}`, m.type, extra) } ; return origSend(from, to, m) }
const origDial = net.dial.bind(net)
net.dial = (node: any, id: string, ms: number) => { if (watch.has(node.peer) || watch.has(id)) console.log(net.nowMs - t0, `${node.peer} dials ${id}`); return origDial(node, id, ms) }
const oc = net.connect.bind(net)
net.connect = (a: string, b: string) => { if (watch.has(a) || watch.has(b)) console.log(net.nowMs - t0, `connect ${a} ${b}`); return oc(a, b) }
const od = net.disconnect.bind(net)
net.disconnect = (a: string, b: string) => { if (watch.has(a) || watch.has(b)) console.log(net.nowMs - t0, `disconnect ${a} ${b}`); return od(a, b) }
for (const step of steps) { console.log(net.nowMs - t0, JSON.stringify(step)); said.take(step) }
said.network.run(1000)
console.log(said.faults().join('\n'))
said.network.run(2000)
console.log('after 3 s', said.faults().join('\n'))
