/** A page that looks like a terminal. */

const STYLE = `
  body { margin: 0; background: #0d1117; }
  #terminal { display: inline-block; padding: 14px 18px; background: #0d1117; color: #d6dde6;
    font: 13px/1.35 "DejaVu Sans Mono", "Liberation Mono", Menlo, Consolas, monospace; white-space: pre; }
  #terminal pre, #terminal pre > div { margin: 0; font: inherit !important; color: inherit !important;
    background: none !important; }
  .prompt { color: #7ee787; }
`

/** The serializer's red, green and yellow are too dark on black. */
const BRIGHTER = { '#cc0000': '#ff7b72', '#4e9a06': '#7ee787', '#c4a000': '#e3b341' }

/**
 * @param command - what was typed
 * @param screen - what it left on the screen, as HTML of xterm's serializer
 */
export function terminalPage(command: string, screen: string): string {
  // What nothing was written to is no part of the picture.
  const written = screen.replace(/(<div><span>\s*<\/span><\/div>\s*)+(?=<\/div>)/, '')
  const bright = written.replace(/#cc0000|#4e9a06|#c4a000/g, dark => BRIGHTER[dark as keyof typeof BRIGHTER])
  return `<!doctype html><meta charset="utf-8"><style>${STYLE}</style>
<div id="terminal"><span class="prompt">$</span> ${escaped(command)}\n${bright}</div>`
}

function escaped(text: string): string {
  return text.replace(/[&<>]/g, char => `&#${char.charCodeAt(0)};`)
}
