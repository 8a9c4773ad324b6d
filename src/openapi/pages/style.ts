/** The style sheet of the pages. A text, because the build copies no other files. */
export const style = `:root {
  color-scheme: light dark;
  --text: light-dark(#1c2430, #e3e8ef);
  --quiet: light-dark(#5b6675, #98a4b3);
  --line: light-dark(#dfe4ea, #2b343f);
  --ground: light-dark(#ffffff, #12171d);
  --raised: light-dark(#f5f7f9, #1a2129);
  --accent: light-dark(#0b63b0, #6db7f5);
  --get: light-dark(#0a6b52, #5fd0ad);
  --post: light-dark(#8a4b08, #f0b066);
  --put: light-dark(#1d4ed8, #93b4f8);
  --delete: light-dark(#a51d2d, #f5929c);
}
* { box-sizing: border-box; }
html { scroll-padding-top: 1rem; }
body {
  margin: 0 auto;
  max-width: 76rem;
  padding: 2rem 1.25rem 6rem;
  background: var(--ground);
  color: var(--text);
  font: 1rem/1.6 system-ui, sans-serif;
}
a { color: var(--accent); text-underline-offset: 0.15em; }
h1 { margin: 0; font-size: 1.8rem; line-height: 1.2; }
h2 { margin: 2.5rem 0 0.5rem; font-size: 1.25rem; }
h3 { margin: 0 0 0.5rem; font-size: 1rem; overflow-wrap: anywhere; }
h4 { margin: 1.25rem 0 0.25rem; font-size: 0.8rem; color: var(--quiet); }
p { margin: 0.25rem 0 0.5rem; max-width: 46rem; }
code, pre { font-family: ui-monospace, monospace; font-size: 0.9em; overflow-wrap: anywhere; }
code { padding: 0.1em 0.3em; border-radius: 0.3em; background: var(--raised); }
a code, h3 code { padding: 0; background: none; }
pre { padding: 0.9rem 1rem; overflow-x: auto; background: var(--raised); border: 1px solid var(--line); border-radius: 0.5rem; }
section { margin: 1rem 0; padding: 1rem 1.1rem; border: 1px solid var(--line); border-radius: 0.6rem; }
section:target, tr:target { outline: 2px solid var(--accent); outline-offset: 2px; }
table { width: 100%; border-collapse: collapse; font-size: 0.94rem; }
th { text-align: start; color: var(--quiet); font-weight: 600; font-size: 0.85rem; }
td, th { padding: 0.4rem 0.9rem 0.4rem 0; vertical-align: top; }
tr + tr > td, tbody tr > td { border-top: 1px solid var(--line); }
section td:first-child { width: 34%; }
td ul { margin: 0.2rem 0; padding-inline-start: 1.1rem; }
.optional, .limits { color: var(--quiet); font-size: 0.85em; }
.method { font: 700 0.75rem ui-monospace, monospace; text-transform: uppercase; color: var(--quiet); }
.method.get { color: var(--get); }
.method.post { color: var(--post); }
.method.put { color: var(--put); }
.method.delete { color: var(--delete); }
nav { font-size: 0.9rem; }
nav h2 { margin: 1.25rem 0 0.25rem; font-size: 0.85rem; color: var(--quiet); }
nav ul { margin: 0; padding: 0; list-style: none; }
nav li { margin: 0.15rem 0; overflow-wrap: anywhere; }
nav a { text-decoration: none; }
nav a:hover { text-decoration: underline; }
@media (min-width: 60rem) {
  .columns { display: grid; grid-template-columns: 17rem minmax(0, 1fr); gap: 2.5rem; }
  nav { position: sticky; top: 0; max-height: 100vh; overflow-y: auto; align-self: start; padding-bottom: 2rem; }
}
`;
