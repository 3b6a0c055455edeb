/** The style sheet of all pages. */
export const STYLE = `
:root {
  --ink: #1a1f36; --muted: #5a6278; --line: #d5dae3; --paper: #fff; --wash: #f3f5f9;
  --brand: #4a3aff; --bad: #b3093c; --sandbox: #ffe08a;
  color-scheme: light;
}
* { box-sizing: border-box; }
body { margin: 0; font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--wash); }
.banner { margin: 0; background: var(--sandbox); padding: .5rem 1rem; text-align: center; font-weight: 600; }
main { max-width: 60rem; margin: 0 auto; padding: 1.5rem 1rem 3rem; display: grid; gap: 1.5rem; }
main.single { max-width: 32rem; }
@media (min-width: 48rem) {
  main:not(.single) { grid-template-columns: 1fr 1fr; padding-top: 3rem; gap: 3rem; align-items: start; }
}
h1 { font-size: 1.1rem; margin: 0; color: var(--muted); font-weight: 600; }
.card h1 { margin-bottom: 1rem; color: var(--ink); }
h2 { font-size: 1.1rem; margin: 0 0 1rem; }
.total { font-size: 2.25rem; line-height: 1.3; font-weight: 700; margin: 0 0 1rem; overflow-wrap: anywhere; }
.total small { display: block; font-size: 1rem; font-weight: 400; color: var(--muted); }
.lines { list-style: none; margin: 0; padding: 0; }
.lines li { display: flex; justify-content: space-between; gap: 1rem; padding: .75rem 0; border-top: 1px solid var(--line); }
.lines span { overflow-wrap: anywhere; min-width: 0; }
.lines small { display: block; color: var(--muted); }
.lines .sum { font-weight: 700; }
.lines .amount { flex: none; }
.lines li:has(form) { flex-wrap: wrap; }
.lines li:has(form) span { flex: 1 0 100%; }
.lines form { flex: 1; }
h1 + .lines { margin-top: .75rem; }
.card { background: var(--paper); border: 1px solid var(--line); border-radius: .75rem; padding: 1.25rem; }
.card > :last-child { margin-bottom: 0; }
.field { margin-bottom: 1rem; }
.row { display: grid; grid-template-columns: 1fr 1fr; gap: .75rem; }
label { display: block; font-weight: 600; font-size: .9rem; margin-bottom: .25rem; }
input, select { width: 100%; font: inherit; color: inherit; padding: .6rem .7rem; border: 1px solid #8a93a6; border-radius: .4rem; background: #fff; }
fieldset { border: 0; padding: 0; margin: 0 0 1rem; }
legend { font-weight: 600; margin-bottom: .5rem; }
.check { display: flex; gap: .5rem; align-items: start; }
.check input { width: auto; margin: .35rem 0 0; }
.check label { font-weight: 400; }
input[aria-invalid=true] { border-color: var(--bad); }
button, .button { display: inline-block; width: 100%; font: inherit; font-weight: 600; text-align: center; cursor: pointer;
  padding: .7rem 1rem; border: 1px solid transparent; border-radius: .4rem; background: var(--brand); color: #fff; text-decoration: none; }
button.quiet, .button.quiet { background: #fff; color: var(--ink); border-color: #8a93a6; }
:focus-visible { outline: 3px solid #7a6bff; outline-offset: 2px; }
.error { border-left: 4px solid var(--bad); background: #fdf0f3; color: var(--bad); padding: .75rem 1rem; margin: 0 0 1rem; font-weight: 600; }
.tests { margin-top: 1.5rem; border-top: 1px solid var(--line); padding-top: 1rem; }
.tests p { margin: 0 0 .75rem; color: var(--muted); font-size: .9rem; }
.tests ul { list-style: none; margin: 0; padding: 0; display: grid; gap: .5rem; }
.tests button { text-align: left; display: flex; flex-wrap: wrap; justify-content: space-between; align-items: center; gap: 0 .75rem; font-weight: 400; }
.tests code { font: .9em ui-monospace, monospace; color: var(--muted); }
@media (max-width: 30rem) { .tests code { flex-basis: 100%; } }
.back { color: var(--muted); overflow-wrap: anywhere; }
p:has(> .back) { margin: 0 0 .5rem; }
button + p:has(> .back) { margin-top: 1rem; }
.methods { display: grid; gap: 1.5rem; }
.promotion { margin-top: 1.5rem; }
.choices { display: grid; gap: .75rem; margin-top: 1.5rem; }
`;
