/** The first screen of a run that goes on. */
export const live = `
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
