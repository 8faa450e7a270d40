/** The grid of who misses whom, its legend, and the story beside it. */
export const grid = `
.pairs { display: flex; flex-wrap: wrap; gap: 8px 24px; align-items: flex-start; }
#pairs { flex: 0 1 auto; max-width: 100%; cursor: crosshair; margin: 0; }
.pairs .story { flex: 1 1 300px; min-width: 0; min-height: 120px; font-size: 14px; position: sticky; top: 56px; max-height: calc(100vh - 80px); overflow-y: auto; }
.story h3 { margin-top: 4px; overflow-wrap: anywhere; }
.story .end { border-left: 4px solid var(--line); padding-left: 10px; overflow-wrap: anywhere; }
.story .end.missing { border-color: var(--fail); } .story .end.listed { border-color: var(--full); }
svg.grid { display: block; }
svg.grid text { fill: var(--text); font: 11px system-ui, sans-serif; }
svg.grid .listed { fill: var(--pass-soft); } svg.grid .self { fill: var(--line); } svg.grid .missing { fill: var(--fail); }
svg.grid text.letter { fill: var(--on-fail); font-weight: 700; }
svg.grid .cut-by-fault { fill: var(--fault); }
svg.grid .cross, svg.grid .chosen { display: none; pointer-events: none; }
svg.grid.has-pair .cross { display: block; fill: var(--accent); opacity: .18; }
svg.grid.has-pair .chosen { display: block; fill: none; stroke: var(--text); stroke-width: 2; }
svg.grid .veil { fill: var(--card); opacity: .8; pointer-events: none; }
ul.legend { display: flex; flex-wrap: wrap; gap: 4px 18px; margin: 8px 0; font-size: 13px; }
ul.legend li { display: flex; align-items: center; }
.key { display: inline-block; min-width: 17px; height: 17px; line-height: 17px; text-align: center; font-size: 11px; font-weight: 700; margin-right: 6px; border-radius: 2px; border: 1px solid var(--line); }
.key.listed { background: var(--pass-soft); } .key.missing { background: var(--fail); color: var(--on-fail); }
@media (max-width: 1240px) {
  .pairs { display: block; }
  .pairs .story { top: auto; bottom: 0; max-height: 40vh; background: var(--card); border-top: 1px solid var(--line); }
}
`
