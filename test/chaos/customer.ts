import { setTimeout as delay } from 'node:timers/promises';
import { payOnPage } from '../support/hosted-page.js';
import { answerBank, type SeenPage, visit } from '../support/plain-browser.js';
import type { Bench } from './bench.js';

/** The address of the service, behind a load balancer. */
export const PUBLIC_URL = 'https://pay.example.com';

const PAUSE_MS = 250;
/** How long a customer looks at a page at most. Meanwhile others act on the same payment. */
const HESITATION_MS = 2_000;

/** A page of the bank or of Stripe's Checkout on which a payment was completed. */
export interface PaidPage {
  kind: 'bank' | 'checkout';
  url: string;
}

/** How a payment ended for a customer. */
export type Ending = 'done' | 'closed' | 'elsewhere' | 'gave up';

/** A customer in one window of a browser, who tries again whatever fails. */
export class Customer {
  /** All pages on which this customer has paid or authenticated. */
  readonly paid: PaidPage[] = [];
  private readonly giveUpAt: number;

  constructor(
    private readonly bench: Bench,
    private turn: number,
  ) {
    this.giveUpAt = Date.now() + bench.options.giveUpAfterMs;
  }

  /** Authenticates a payment by its link. It may become one that is paid elsewhere. */
  async authenticate(link: string): Promise<Ending> {
    return this.untilEnding(link, async ({ forms }) => {
      const { authenticate: form } = forms;
      if (form === undefined) return 'elsewhere';
      const next = await this.press(form);
      if (next === undefined) return undefined;
      if (isOurs(next)) await this.visit(next);
      else await this.complete('bank', next);
      return undefined;
    });
  }

  /** Pays with another card by the link of a payment, and presses the button twice. */
  async payWithAnotherCard(link: string): Promise<Ending> {
    return this.untilEnding(link, async ({ forms }) => {
      const { 'another-card': form } = forms;
      if (form === undefined) return undefined;
      await this.hesitate();
      const pressed = await Promise.all([this.press(form), this.press(form)]);
      const page = pressed.find((next) => next !== undefined && !isOurs(next));
      if (page !== undefined) await this.complete('checkout', page);
      await this.visit(`${link}/return`);
      return undefined;
    });
  }

  private async complete(kind: PaidPage['kind'], url: string): Promise<void> {
    this.paid.push({ kind, url });
    await this.hesitate();
    const back = await completePage({ kind, url });
    if (back) await this.visit(back);
  }

  /** Looks at the payment's page until it says that there is nothing to do, and takes a step each time. */
  private async untilEnding(
    link: string,
    step: (page: SeenPage) => Promise<Ending | undefined>,
  ): Promise<Ending> {
    while (Date.now() < this.giveUpAt) {
      const page = await this.visit(link);
      if (page?.status === 410) return 'closed';
      if (page?.status === 200) {
        if (Object.keys(page.forms).length === 0) return 'done';
        const ending = await step(page);
        if (ending) return ending;
      }
      await delay(PAUSE_MS);
    }
    return 'gave up';
  }

  private async hesitate(): Promise<void> {
    await delay(this.bench.random.next() * HESITATION_MS);
  }

  /** Submits a form; returns the URL of the page that it leads to. */
  private async press(form: string): Promise<string | undefined> {
    const { next } = (await this.visit(form, 'POST')) ?? {};
    return next && new URL(next, form).href;
  }

  /** Visits a page of ours on the next instance. Undefined if the connection failed. */
  private async visit(url: string, method: 'GET' | 'POST' = 'GET'): Promise<SeenPage | undefined> {
    const { number, url: instance } = await this.bench.fleet.next(this.turn++);
    const { pathname, search } = new URL(url);
    try {
      const page = await visit(instance + pathname + search, method);
      if (page.status === 200) this.bench.killIfPlanned(number, 'after our answer');
      return page;
    } catch {
      return undefined;
    }
  }
}

function isOurs(url: string): boolean {
  return new URL(url).pathname.startsWith('/confirm/');
}

/** Pays on a page, or authenticates; returns where the customer is sent then. */
export async function completePage({ kind, url }: PaidPage): Promise<string | undefined> {
  if (kind === 'bank') return (await answerBank(url)) || undefined;
  await payOnPage(url);
  return undefined;
}
