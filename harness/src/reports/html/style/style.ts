/** The look of report.html: system fonts, light and dark, nothing loaded from anywhere. */
export const style = `
:root {
  color-scheme: light dark;
  --page: #f6f7f9; --card: #fff; --text: #1c2128; --soft: #59636e; --line: #d9dee4;
  --pass: #15703a; --pass-soft: #ddf3e4; --fail: #b3261e; --fail-soft: #fbe3e1; --unknown: #7a5200; --unknown-soft: #fbeecb;
  --wait: #b6bec9; --search: #2f6fdd; --full: #2f9e5c; --fault: #f0b429;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #0f1318; --card: #171c23; --text: #e6eaef; --soft: #9aa5b1; --line: #2c343e;
    --pass: #5fd08a; --pass-soft: #14301f; --fail: #ff8a80; --fail-soft: #3c1a18; --unknown: #f2c14e; --unknown-soft: #372b0d;
    --wait: #4a5563; --search: #5b94f5; --full: #3fae6c; --fault: #d39b22;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--page); color: var(--text);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
  font-variant-numeric: tabular-nums;
}
main { max-width: 1080px; margin: 0 auto; padding: 24px 20px 48px; }
h1 { font-size: 26px; line-height: 1.3; margin: 0 0 6px; overflow-wrap: anywhere; }
h2 { font-size: 18px; margin: 0 0 4px; }
h3 { font-size: 15px; margin: 16px 0 6px; }
p { margin: 4px 0 12px; }
.soft, caption, dt, .axis { color: var(--soft); }
code, pre, .names { font-family: ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: 13px; }
code { overflow-wrap: anywhere; }
section, header.verdict {
  background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 18px 20px; margin: 0 0 16px;
}
header.verdict { border-left-width: 8px; }
header.pass { border-left-color: var(--pass); } header.fail { border-left-color: var(--fail); }
header.unknown { border-left-color: var(--unknown); }
.badge { display: inline-block; border-radius: 6px; padding: 2px 10px; margin: 0 10px 6px 0; font-weight: 700; letter-spacing: .04em; }
.badge.pass, li.pass .sign { background: var(--pass-soft); color: var(--pass); }
.badge.fail, li.fail .sign { background: var(--fail-soft); color: var(--fail); }
.badge.unknown, li.unknown .sign { background: var(--unknown-soft); color: var(--unknown); }
dl.figures { display: flex; flex-wrap: wrap; gap: 12px 32px; margin: 16px 0 0; }
dl.figures dt { font-size: 13px; } dl.figures dd { margin: 0; font-size: 21px; font-weight: 600; }
ul.checks { list-style: none; margin: 8px 0 0; padding: 0; }
ul.checks > li { display: grid; grid-template-columns: 34px 1fr; padding: 8px 0; border-top: 1px solid var(--line); }
ul.checks .sign { width: 26px; height: 22px; border-radius: 5px; text-align: center; font-weight: 700; }
ul.checks .name { display: inline-block; min-width: 92px; font-weight: 600; }
ul.messages { margin: 6px 0 2px; padding-left: 18px; overflow-wrap: anywhere; }
.scroll { overflow-x: auto; margin: 0 -4px; padding: 0 4px; }
table { border-collapse: collapse; } caption { text-align: left; padding-bottom: 6px; }
table.plain { width: 100%; } table.plain th, table.plain td { padding: 4px 10px 4px 0; border-top: 1px solid var(--line); text-align: left; vertical-align: top; }
table.plain thead th { border-top: 0; font-size: 13px; font-weight: 600; color: var(--soft); white-space: nowrap; vertical-align: bottom; }
table.plain .figure { text-align: right; white-space: nowrap; } table.groups .figure { width: 1%; } table.plain td.text { min-width: 150px; overflow-wrap: anywhere; }
table.matrix { margin-top: 14px; font-size: 11px; line-height: 1; } table.matrix th { font-weight: 500; }
table.matrix thead th { vertical-align: bottom; padding: 2px 0; } table.matrix thead span { writing-mode: vertical-rl; transform: rotate(180deg); }
table.matrix tbody th { text-align: right; padding: 0 6px; position: sticky; left: 0; background: var(--card); white-space: nowrap; }
table.matrix td { min-width: 17px; width: 17px; height: 17px; padding: 0; text-align: center; border: 1px solid var(--card); background: var(--pass-soft); color: var(--pass); }
table.matrix.large { font-size: 13px; } table.matrix.large td { min-width: 26px; width: 26px; height: 26px; }
table.matrix td.self { background: var(--line); } table.matrix td.absent { background: transparent; }
table.matrix td.missing { background: var(--fail); color: var(--card); font-weight: 700; }
ul.legend li { display: flex; align-items: center; }
ul.legend { list-style: none; display: flex; flex-wrap: wrap; gap: 4px 18px; padding: 0; margin: 10px 0; font-size: 13px; }
.key { display: inline-block; min-width: 17px; height: 17px; line-height: 17px; text-align: center; font-size: 11px; font-weight: 700; margin-right: 6px; border-radius: 2px; }
.key.missing { background: var(--fail); color: var(--card); } .key.listed { background: var(--pass-soft); color: var(--pass); }
.key.wait { background: var(--wait); } .key.search { background: var(--search); } .key.full { background: var(--full); } .key.fault { background: var(--fault); }
table.timeline { width: 100%; } table.timeline td, table.timeline th { padding: 1px 10px 1px 0; font-size: 13px; white-space: nowrap; }
table.timeline th { text-align: left; font-weight: 500; } table.timeline thead th { color: var(--soft); vertical-align: bottom; }
table.timeline .bar { width: 99%; min-width: 260px; } table.timeline .figure { text-align: right; }
table.timeline svg { display: block; width: 100%; height: 15px; }
.axis { display: flex; justify-content: space-between; font-weight: 400; font-size: 12px; }
svg .track { fill: var(--line); opacity: .45; } svg .wait { fill: var(--wait); } svg .search { fill: var(--search); } svg .full { fill: var(--full); }
svg .fault { fill: var(--fault); } svg .contact { stroke: var(--card); } svg .death { stroke: var(--fail); }
svg line { stroke-width: 2; vector-effect: non-scaling-stroke; }
.curve { display: grid; grid-template-columns: auto 1fr; gap: 4px 8px; }
.curve .y { display: flex; flex-direction: column; justify-content: space-between; text-align: right; }
.curve svg { width: 100%; height: 200px; display: block; overflow: visible; }
.curve .grid { stroke: var(--line); stroke-width: 1; } .curve .moment { stroke: var(--soft); stroke-width: 1; stroke-dasharray: 4 4; }
.curve .area { fill: var(--search); opacity: .14; } .curve .line { fill: none; stroke: var(--search); stroke-width: 2; vector-effect: non-scaling-stroke; }
pre { background: var(--page); border: 1px solid var(--line); border-radius: 6px; padding: 10px 12px; margin: 6px 0 12px; white-space: pre-wrap; overflow-wrap: anywhere; }
@media (max-width: 560px) { main { padding: 12px 10px 32px; } section, header.verdict { padding: 14px 12px; } h1 { font-size: 21px; } ul.checks .name { display: block; } dl.figures { gap: 10px 22px; } dl.figures dd { font-size: 18px; } }
@media print { body { background: none; } section { break-inside: avoid; } }
`
