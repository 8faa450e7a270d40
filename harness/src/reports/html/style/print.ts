/** On paper nothing is cut off: what scrolls is wrapped or made smaller, what is folded is open. */
export const print = `
@media print {
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  body { background: none; font-size: 11px; }
  main { max-width: none; padding: 0; }
  section { border: 0; border-radius: 0; padding: 6px 0 6px 10px; border-top: 1px solid var(--line); break-inside: auto; }
  #filters { position: static; } #filters:not(:has(p, output:not(:empty))) { display: none; }
  form.filters > :not(output) { display: none; }
  h2, h3, caption { break-after: avoid; } li, tr, .mount { break-inside: avoid; }
  button { display: none; }
  .pairs .story { position: static; }
  .scroll, .pairs .story { overflow: visible; max-height: none; }
  table.plain th, table.plain td { padding-right: 6px; white-space: normal; font-size: 9px; }
  table.plain thead { display: table-header-group; }
  svg.grid { max-width: 100%; height: auto; }
  details::details-content { content-visibility: visible; display: block; height: auto; }
}
@media (prefers-reduced-motion: reduce) { * { animation: none !important; transition: none !important; scroll-behavior: auto !important; } }
`
