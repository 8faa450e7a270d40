/** The look of the charts: their controls, and the drawings on paper. */
export const charts = `
.chart-drawing { position: relative; overflow: hidden; touch-action: pan-y; margin: 6px 0; border-radius: 6px; }
.chart-drawing:focus-visible, .chart-button:focus-visible, .chart-slider:focus-visible, .chart-select:focus-visible { outline: 2px solid var(--search); outline-offset: 1px; }
.chart-toolbar { display: flex; flex-wrap: wrap; align-items: center; gap: 6px; margin: 6px 0; font-size: 13px; }
.chart-toolbar[hidden], .chart-part[hidden] { display: none; }
.chart-button { font: inherit; min-width: 32px; min-height: 30px; padding: 2px 9px; color: var(--text); background: var(--page); border: 1px solid var(--line); border-radius: 6px; cursor: pointer; }
.chart-button:hover:not(:disabled) { border-color: var(--search); } .chart-button:disabled { opacity: .45; cursor: default; }
.chart-window { margin-left: 6px; }
.chart-slider { flex: 1 1 160px; min-width: 100px; height: 30px; margin: 0; accent-color: var(--search); }
.chart-select { font: inherit; min-height: 30px; max-width: 100%; color: var(--text); background: var(--page); border: 1px solid var(--line); border-radius: 6px; }
.chart-choice { display: inline-flex; flex-wrap: wrap; align-items: center; gap: 6px; margin-right: 10px; }
.chart-told { margin: 4px 0; font-size: 14px; }
.chart-tip { position: absolute; z-index: 2; max-width: min(360px, 90%); padding: 6px 9px; border: 1px solid var(--line); border-radius: 6px; background: var(--card); color: var(--text); font-size: 12.5px; line-height: 1.4; overflow-wrap: anywhere; pointer-events: none; box-shadow: 0 2px 8px rgb(0 0 0 / .25); }
.chart-tip[hidden] { display: none; }
.chart-table { margin: 6px 0; font-size: 13px; } .chart-table thead .figure { text-align: right; } .chart-table summary { cursor: pointer; }
.chart-parts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(290px, 100%), 1fr)); gap: 8px 20px; }
.chart-part h3 { margin: 6px 0 0; } .chart-part .soft { font-size: 13px; margin: 0; }
.chart-key { display: inline-block; flex: none; width: 16px; height: 11px; margin-right: 6px; border-radius: 2px; }
.chart-key-starting { background: var(--wait); } .chart-key-ready { background: var(--search); } .chart-key-right { background: var(--full); }
.chart-key-fault { background: var(--fault); opacity: .5; } .chart-key-dead { background: var(--fail); }
.chart-key-died::before, .chart-key-found::before { color: var(--fail); font-size: 17px; line-height: 11px; font-weight: 700; }
.chart-key-died::before { content: "✕"; } .chart-key-found::before { content: "◆"; }
.chart-key-dropped { width: 3px; background: var(--text); margin-left: 7px; } 
.chart-key-ended { width: 11px; border: 2px solid var(--soft); border-radius: 50%; } .chart-key-hit { width: 13px; height: 13px; border: 3px solid var(--fault); border-radius: 50%; }
.chart-key-cut { height: 0; border-top: 2px dashed var(--fail); border-radius: 0; }
@media print {
  .chart-toolbar, .chart-tip { display: none; }
  .chart-drawing, .chart-canvas, .chart-canvas > div { width: 100% !important; height: auto !important; }
  .chart-canvas canvas { position: static !important; width: 100% !important; height: auto !important; }
}
`
