import { html } from "hono/html";

/** The page that the app answers with; what it is given is escaped. */
export function page({ greeting, environment = "this machine", commit }) {
  return html`<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>${greeting} · ${environment}</title>
    <style>
      :root { color-scheme: light dark; font: 17px/1.6 system-ui, sans-serif; }
      body { margin: 0; min-height: 100vh; display: grid; place-content: center; padding: 2rem;
             background: light-dark(#f6f7fb, #11131a); color: light-dark(#1b1e28, #e8eaf2); }
      main { max-width: 34rem; }
      h1 { font-size: clamp(2rem, 8vw, 3.5rem); line-height: 1.1; margin: 0 0 1rem; letter-spacing: -0.02em; }
      dl { display: grid; grid-template-columns: max-content 1fr; gap: 0.4rem 1.2rem; margin: 2rem 0; padding: 1.2rem 1.4rem;
           border-radius: 0.8rem; background: light-dark(#fff, #1a1d27); border: 1px solid light-dark(#e2e5ee, #2a2e3b); }
      dt { opacity: 0.65; }
      dd { margin: 0; }
      dd, code { font-family: ui-monospace, monospace; font-size: 0.92em; }
    </style>
  </head>
  <body>
    <main>
      <h1>${greeting}</h1>
      <p>This environment is a branch. Change <code>GREETING</code> in <code>paas.yaml</code>, commit, push, and look again.</p>
      <dl>
        <dt>environment</dt><dd>${environment}</dd>
        <dt>commit</dt><dd>${commit?.slice(0, 8) ?? "not deployed"}</dd>
      </dl>
    </main>
  </body>
</html>`;
}
