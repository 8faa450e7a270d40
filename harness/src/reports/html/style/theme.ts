/** Colours of both themes, and how text looks. On paper it is the light one. */
export const theme = `
:root {
  color-scheme: light dark;
  --page: #f4f6f8; --card: #fff; --text: #1c2128; --soft: #545d68; --line: #d5dbe1; --accent: #1f5fc4;
  --pass: #15703a; --pass-soft: #d9f0e1; --fail: #b3261e; --fail-soft: #fbe3e1; --unknown: #7a5200; --unknown-soft: #fbeecb;
  --wait: #b6bec9; --search: #2f6fdd; --full: #2f9e5c; --fault: #f0b429; --on-fail: #fff;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --page: #0f1318; --card: #171c23; --text: #e6eaef; --soft: #a3aeba; --line: #313a45; --accent: #7fb0ff;
    --pass: #5fd08a; --pass-soft: #17402a; --fail: #ff8a80; --fail-soft: #3c1a18; --unknown: #f2c14e; --unknown-soft: #372b0d;
    --wait: #4a5563; --search: #5b94f5; --full: #3fae6c; --fault: #d39b22; --on-fail: #2a0b09;
  }
}
@media print { :root { color-scheme: light; } }
* { box-sizing: border-box; }
[hidden] { display: none !important; }
html:not(.scripted) .with-script, .scripted .without-script { display: none; }
body {
  margin: 0; background: var(--page); color: var(--text);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
  font-variant-numeric: tabular-nums;
}
main { max-width: 1240px; margin: 0 auto; padding: 20px 20px 48px; }
h1 { font-size: 25px; line-height: 1.3; margin: 0 0 6px; overflow-wrap: anywhere; }
h2 { font-size: 18px; margin: 0 0 4px; }
h2.small { font-size: 15px; margin: 14px 0 4px; }
h3 { font-size: 15px; margin: 16px 0 6px; }
p { margin: 4px 0 10px; }
.soft, caption, dt { color: var(--soft); }
code, pre, .names { font-family: ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: 13px; }
code { overflow-wrap: anywhere; }
a { color: var(--accent); }
button, select {
  font: inherit; color: inherit; background: var(--card); border: 1px solid var(--soft); border-radius: 6px; padding: 3px 10px;
  max-width: 100%;
}
button { cursor: pointer; }
button:hover { background: var(--page); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: 4px; }
summary { cursor: pointer; }
pre { background: var(--page); border: 1px solid var(--line); border-radius: 6px; padding: 8px 12px; margin: 4px 0 10px; white-space: pre-wrap; overflow-wrap: anywhere; }
`
