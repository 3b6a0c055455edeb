import type { AskedPayment, Confirmation } from '../../confirmations/confirmation.js';
import { decimalOf } from '../../payments/payment-view.js';
import { html, type Html } from './html.js';
import type { Language } from './language.js';
import { type ConfirmTexts, TEXTS } from './texts.js';

/** A page without scripts. */
export interface Page {
  status: number;
  body: string;
}

/** Why there is nothing to pay, or nothing to show. */
export type ConfirmNotice = 'unknown' | 'expired' | 'done' | 'closed' | 'later';

/** A payment that the customer can complete. */
export type AskingConfirmation = Extract<Confirmation, { payment: AskedPayment }>;

const STYLE_PATH = '/confirm/style.css';

const NOTICE_STATUS: Readonly<Record<ConfirmNotice, number>> = {
  unknown: 404,
  expired: 410,
  done: 200,
  closed: 410,
  later: 503,
};

/**
 * Asks for a payment.
 *
 * @param path of the page; its forms are below it
 * @param attempt an id of what the customer does next, so that pressing a button twice does it once
 */
export function askPage(
  confirmation: AskingConfirmation,
  language: Language,
  path: string,
  attempt: string,
): Page {
  const texts = TEXTS[language];
  const { payment } = confirmation;
  const card = confirmation.kind === 'open' ? confirmation.card : undefined;
  const form = (action: string, label: string, className = '') =>
    html`<form method="post" action="${path}/${action}?attempt=${attempt}">
      <button class="${className}">${label}</button>
    </form>`;
  return page(
    200,
    language,
    texts.title,
    html`<h1>${texts.asks(payment.merchant)}</h1>
      <p class="amount">${amountOf(payment, language)}</p>
      ${payment.description !== null && html`<p class="purpose">${payment.description}</p>`}
      ${explanationOf(confirmation, texts)}
      ${card && form('authenticate', texts.authenticate(card.last4 === null ? '' : ` (••••\u00a0${card.last4})`))}
      ${
        confirmation.kind === 'elsewhere'
          ? form('another-card', texts.goOn)
          : form('another-card', texts.anotherCard, card && 'quiet')
      }`,
  );
}

/**
 * Sends the customer on. The browser follows by itself: a redirect of the form would be refused by `form-action`, which
 * allows forms to lead to this site only.
 */
export function leavePage(url: string, language: Language): Page {
  const texts = TEXTS[language];
  return page(
    200,
    language,
    texts.title,
    html`<h1>${texts.leaving}</h1>
      <a class="button" href="${url}">${texts.goOn}</a>`,
    html`<meta http-equiv="refresh" content="0; url=${url}" />`,
  );
}

/** Says why there is nothing to pay. It shows nothing of the payment. @param path where to try again */
export function noticePage(notice: ConfirmNotice, language: Language, path?: string): Page {
  const texts = TEXTS[language];
  return page(
    NOTICE_STATUS[notice],
    language,
    texts[notice],
    html`<h1>${texts[notice]}</h1>
      <p>${texts[`${notice}Text`]}</p>
      ${path !== undefined && html`<a class="button" href="${path}">${texts.tryAgain}</a>`}`,
  );
}

function explanationOf(confirmation: AskingConfirmation, texts: ConfirmTexts): Html | undefined {
  if (confirmation.kind === 'elsewhere') return html`<p>${texts.elsewhere}</p>`;
  if (confirmation.isDeclined) return html`<p class="notice" role="alert">${texts.declined}</p>`;
  return confirmation.card && html`<p>${texts.needsAuthentication}</p>`;
}

function page(status: number, language: Language, title: string, content: Html, head?: Html): Page {
  const { text: body } = html`<!doctype html>
    <html lang="${language}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex, nofollow" />
        <meta name="color-scheme" content="light dark" />
        ${head}
        <title>${title}</title>
        <link rel="stylesheet" href="${STYLE_PATH}" />
        <link rel="icon" href="data:," />
      </head>
      <body>
        <main><section>${content}</section></main>
      </body>
    </html>`;
  return { status, body };
}

/** With the decimals that Stripe has for the currency. */
function amountOf({ amountMinor, currency }: AskedPayment, language: Language): string {
  const decimal = decimalOf(amountMinor, currency) as `${number}`;
  const decimals = decimal.split('.')[1]?.length ?? 0;
  return new Intl.NumberFormat(language, {
    style: 'currency',
    currency,
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  }).format(decimal);
}
