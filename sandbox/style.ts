/** The page's style: a phone first, light or dark as the reader's device is, and nothing loaded from anywhere. */
export const STYLE = `
:root { color-scheme: light dark; --paper: #eef3f1; --card: #fff; --ink: #11231e; --muted: #4b5f58; --line: #cfdad5;
  --strong: #0b5d46; --on-strong: #fff; --bad: #a3221b; --focus: #2b45cc; }
@media (prefers-color-scheme: dark) { :root { --paper: #0a1411; --card: #12211c; --ink: #eef5f2; --muted: #a3b8b0; --line: #2c423a;
  --strong: #6bd8a4; --on-strong: #04150e; --bad: #ff9d92; --focus: #ffce70; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 1rem/1.5 ui-sans-serif, system-ui, sans-serif; }
header { padding: 0.75rem 1rem; display: flex; flex-wrap: wrap; gap: 0 0.75rem; border-bottom: 1px solid var(--line); background: var(--card); }
header span, .lead, dt, legend { color: var(--muted); }
main { max-width: 28rem; margin: 0 auto; padding: 1.5rem 1rem 3rem; }
h1 { font-size: 1.375rem; line-height: 1.25; margin: 0 0 0.5rem; }
.note { border-left: 4px solid var(--bad); padding-left: 0.75rem; }
.sum { font-size: 2.5rem; font-weight: 700; margin: 0.5rem 0; font-variant-numeric: tabular-nums; }
dl { margin: 0 0 1.5rem; } dl div { display: flex; gap: 0.75rem; } dt { min-width: 3.5rem; } dd { margin: 0; overflow-wrap: anywhere; }
form { display: grid; gap: 0.75rem; }
button, a.approve { font: inherit; font-weight: 600; min-height: 3rem; padding: 0.625rem 1rem; border-radius: 0.75rem; cursor: pointer;
  border: 1px solid var(--line); background: var(--card); color: var(--ink); text-align: center; text-decoration: none; display: block; }
button.approve, a.approve { background: var(--strong); border-color: var(--strong); color: var(--on-strong); }
button.refuse { color: var(--bad); }
:focus-visible { outline: 3px solid var(--focus); outline-offset: 3px; }
details { margin-top: 0.75rem; border-top: 1px solid var(--line); padding-top: 0.75rem; }
summary { cursor: pointer; min-height: 2.75rem; padding: 0.625rem 0; font-weight: 600; }
fieldset { border: 0; margin: 0; padding: 0; display: grid; } legend { padding: 0 0 0.5rem; }
label { display: flex; gap: 0.75rem; align-items: center; min-height: 2.75rem; } input { width: 1.25rem; height: 1.25rem; flex: none; accent-color: var(--strong); }
`;
