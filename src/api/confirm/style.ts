/** The style sheet of the confirm page. */
export const STYLE = `
:root {
  --ink: #1a1f36; --muted: #4f5770; --line: #d5dae3; --paper: #fff; --wash: #f3f5f9;
  --brand: #3b2fd1; --accent: #3b2fd1; --bad: #a00534;
}
* { box-sizing: border-box; }
body { margin: 0; font: 1rem/1.5 system-ui, sans-serif; color: var(--ink); background: var(--wash); }
main { max-width: 30rem; margin: 0 auto; padding: 1.5rem 1rem 3rem; }
section { background: var(--paper); border: 1px solid var(--line); border-radius: .75rem; padding: 1.5rem; }
h1 { font-size: 1.25rem; line-height: 1.3; margin: 0 0 .75rem; overflow-wrap: anywhere; }
p { margin: 0 0 1rem; overflow-wrap: anywhere; }
section > :last-child { margin-bottom: 0; }
.amount { font-size: 2.25rem; line-height: 1.2; font-weight: 700; margin-bottom: .25rem; }
.purpose { color: var(--muted); }
.notice { border-left: 4px solid var(--bad); padding: .25rem 0 .25rem .75rem; }
form { margin: .75rem 0 0; }
button, .button {
  display: block; width: 100%; min-height: 3rem; padding: .75rem 1rem; font: inherit; font-weight: 600;
  text-align: center; text-decoration: none; cursor: pointer; border: 1px solid var(--brand); border-radius: .5rem;
  background: var(--brand); color: #fff;
}
button.quiet { background: transparent; border-color: var(--accent); color: var(--accent); }
:focus-visible { outline: 3px solid #8a7dff; outline-offset: 2px; }
@media (min-width: 40rem) { main { padding-top: 4rem; } section { padding: 2rem; } }
@media (prefers-color-scheme: dark) {
  :root {
    --ink: #eef0f6; --muted: #b3bacd; --line: #3a4157; --paper: #1c2233; --wash: #11151f;
    --brand: #5c50ea; --accent: #c9c4ff; --bad: #ff7a9c;
  }
}
`;
