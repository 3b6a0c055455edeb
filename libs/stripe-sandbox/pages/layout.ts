import { html, type Html } from './html.js';

/** A complete page with the sandbox's banner. `isWide` gives it two columns on wide screens. */
export function layout(title: string, body: Html, { isWide = false } = {}): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title} · Stripe sandbox</title>
        <link rel="stylesheet" href="/sandbox.css" />
        <link rel="icon" href="data:," />
      </head>
      <body>
        <header class="banner">Sandbox: no money moves. Use test cards only.</header>
        <main class="${isWide ? '' : 'single'}">${body}</main>
      </body>
    </html>`.text;
}

/** A day such as `November 1, 2026`. @param seconds Unix seconds */
export const dateOf = (seconds: number): string =>
  new Date(seconds * 1000).toLocaleDateString('en-US', { dateStyle: 'long', timeZone: 'UTC' });

/** A page with a message. */
export function notice(title: string, text: string, onward?: { url: string; label: string }): string {
  return layout(
    title,
    html`<section class="card">
      <h1>${title}</h1>
      <p>${text}</p>
      ${onward && html`<a class="button" href="${onward.url}">${onward.label}</a>`}
    </section>`,
  );
}
