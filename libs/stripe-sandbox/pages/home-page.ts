import { html, type Html } from './html.js';
import { layout } from './layout.js';

/** A row of a list. */
export interface Entry {
  id: string;
  text: string;
  status: string;
  /** Where a person can complete it; null if there is nothing left to do. */
  url: string | null;
}

export interface Section {
  title: string;
  entries: readonly Entry[];
}

const CONTROLS = [
  ['/_sandbox/ledger', 'Ledger', 'objects that were created, with their idempotency keys'],
  ['/_sandbox/counters', 'Counters', 'calls and statuses by route'],
  ['/_sandbox/faults', 'Faults', 'rules that make calls fail'],
  ['/_sandbox/webhooks', 'Webhooks', 'deliveries that are still to be made'],
] as const;

/** The start page, newest entries first. */
export function homePage(sections: readonly Section[]): string {
  return layout(
    'Home',
    html`<section class="card">
        <h1>Stripe sandbox</h1>
        <p>An offline Stripe: the API is under <code>/v1</code>, and any <code>sk_test_</code> key works.</p>
        <ul class="lines">
          ${CONTROLS.map(
            ([url, label, text]) =>
              html`<li>
                <span><a href="${url}">${label}</a><small>${text}</small></span>
              </li>`,
          )}
        </ul>
      </section>
      ${sections.map(sectionCard)}`,
  );
}

const sectionCard = ({ title, entries }: Section): Html =>
  html`<section class="card" aria-label="${title}">
    <h2>${title}</h2>
    ${
      entries.length === 0
        ? html`<p>None yet.</p>`
        : html`<ul class="lines">
            ${entries.map(row)}
          </ul>`
    }
  </section>`;

const row = ({ id, text, status, url }: Entry): Html =>
  html`<li>
    <span>
      ${url === null ? text : html`<a href="${url}">${text}</a>`}, ${status.replaceAll('_', ' ')}
      <small>${id}</small>
    </span>
  </li>`;
