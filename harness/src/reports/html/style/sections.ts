/** The sections of the page, its lists and its tables. */
export const sections = `
section { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 16px 20px; margin: 0 0 14px; }
section.verdict { border-left-width: 8px; }
section.pass { border-left-color: var(--pass); } section.fail { border-left-color: var(--fail); }
section.unknown { border-left-color: var(--unknown); }
#filters { position: sticky; top: 0; z-index: 5; padding: 8px 20px; }
form.filters { display: flex; flex-wrap: wrap; gap: 6px 16px; align-items: center; font-size: 14px; }
form.filters select { max-width: 220px; }
html:not(.scripted) #filters:not(:has(p)) { display: none; }
.badge { display: inline-block; border-radius: 6px; padding: 1px 10px; margin: 0 6px 4px 0; font-weight: 700; letter-spacing: .04em; }
.badge.pass, li.pass .sign { background: var(--pass-soft); color: var(--pass); }
.badge.fail, li.fail .sign { background: var(--fail-soft); color: var(--fail); }
.badge.unknown, li.unknown .sign { background: var(--unknown-soft); color: var(--unknown); }
.cause { border-left: 3px solid var(--line); padding-left: 12px; margin: 8px 0; overflow-wrap: anywhere; }
.cause p { margin: 2px 0 4px; }
.cause pre { margin: 2px 0 4px; }
dl.next { display: grid; grid-template-columns: max-content 1fr; gap: 4px 16px; margin: 0; }
dl.next dd { margin: 0; min-width: 0; }
dl.figures { display: flex; flex-wrap: wrap; gap: 8px 30px; margin: 14px 0 0; }
dl.figures dt { font-size: 13px; } dl.figures dd { margin: 0; font-size: 20px; font-weight: 600; }
dl.figures small { font-size: 13px; font-weight: 400; color: var(--soft); }
button.copy { padding: 0 8px; font-size: 13px; }
ul.evidence, ol.evidence, ol.chapters, ul.log, ul.checks, ul.legend { list-style: none; margin: 4px 0; padding: 0; }
.time { display: inline-block; min-width: 64px; color: var(--soft); white-space: nowrap; }
.evidence > li { padding: 2px 0; overflow-wrap: anywhere; }
details.raw { display: inline; color: var(--soft); } details.raw[open] { display: block; }
details.raw summary { display: inline; text-decoration: underline dotted; }
ol.chapters > li { border-left: 4px solid var(--line); padding: 3px 0 3px 14px; overflow-wrap: anywhere; }
ol.chapters > li.broken { border-color: var(--fault); } ol.chapters > li.healed, ol.chapters > li.done.full, ol.chapters > li.done.whole { border-color: var(--full); }
ol.chapters > li.late, ol.chapters > li.open { border-color: var(--fail); }
ol.chapters .time { min-width: 136px; }
.state { background: var(--fail-soft); color: var(--fail); border-radius: 4px; padding: 0 6px; font-size: 13px; }
ul.checks > li { display: grid; grid-template-columns: 34px minmax(0, 1fr); padding: 7px 0; border-top: 1px solid var(--line); }
ul.checks .sign { width: 26px; height: 22px; border-radius: 5px; text-align: center; font-weight: 700; }
ul.checks .name { display: inline-block; min-width: 92px; font-weight: 600; }
ul.messages { margin: 4px 0 2px; padding-left: 18px; overflow-wrap: anywhere; }
details.fold > summary { color: var(--accent); padding: 6px 0; }
details.log { border-top: 1px solid var(--line); padding: 5px 0; }
ul.log > li { padding: 1px 0; overflow-wrap: anywhere; } ul.log > li.event { color: var(--soft); }
.scroll { overflow-x: auto; margin: 0 -4px; padding: 4px; }
table { border-collapse: collapse; } caption { text-align: left; padding: 10px 0 4px; }
table.plain { width: 100%; }
table.plain th, table.plain td { padding: 3px 12px 3px 0; border-top: 1px solid var(--line); text-align: left; vertical-align: top; }
table.plain thead th { border-top: 0; font-size: 13px; font-weight: 600; color: var(--soft); white-space: nowrap; vertical-align: bottom; }
table.plain tbody th { font-weight: 500; white-space: nowrap; }
table.plain .figure { text-align: right; white-space: nowrap; } table.groups .figure { width: 1%; }
table.plain td.text { min-width: 150px; overflow-wrap: anywhere; }
@media (max-width: 560px) {
  main { padding: 8px 8px 32px; } section { padding: 12px; } h1 { font-size: 20px; }
  ul.checks .name { display: block; } dl.figures { gap: 8px 20px; } dl.figures dd { font-size: 17px; }
  dl.next { grid-template-columns: minmax(0, 1fr); gap: 0; } dl.next dd { margin-bottom: 6px; }
  #filters { position: static; } ol.chapters .time { display: block; }
}
section.live { border-left: 8px solid var(--search); }
.badge.running { background: var(--search); color: #fff; }
.phase { min-height: 3em; overflow-wrap: anywhere; }
dl.bars { margin: 0 0 10px; } dl.bars > div { display: flex; gap: 10px; align-items: center; }
dl.bars dt { width: 4em; } dl.bars dd { margin: 0; flex: 1; display: flex; gap: 10px; align-items: center; white-space: nowrap; }
dl.bars progress { flex: 1; min-width: 40px; max-width: 640px; height: 12px; accent-color: var(--search); }
ol.happenings { list-style: none; margin: 0; padding: 0; } ol.happenings li { overflow-wrap: anywhere; }
ol.happenings .time { color: var(--soft); display: inline-block; min-width: 5em; }
ol.happenings .fault { color: var(--unknown); } ol.happenings .trouble { color: var(--fail); }
ol.happenings .healed, ol.happenings .right { color: var(--pass); }
`
