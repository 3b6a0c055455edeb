import type { Bench } from './bench.js';
import { payOnPage } from '../support/hosted-page.js';
import { isSuccess, describeOutcome, type Outcome } from './outcome.js';
import { makePayers, type Payer } from './payers.js';
import { runAtPace } from './send-all.js';

/** What Stripe does not know of a payment. */
export interface Maker {
  caller: string | null;
  tenant: string | null;
  userId: string | null;
  shopTransactionID: string | null;
}

/** Makes one payment with a name, by which it is found at Stripe: its description or its client reference. */
type Make = (name: string, index: number) => Promise<Maker>;

const PARTNER = 'acme';
const SERVICE = 'shop';
const PAYERS = 8;
/** Minor units. Each payment has another amount. */
const LOWEST_AMOUNT = 1_000;
/** Long: each kill ends up to 100 requests, so that on a busy machine some are answered after many minutes. */
const GIVE_UP_AFTER_MS = 3_600_000;
const DECLINED_NUMBER = '4000000000000002';
const IN_DASHBOARD: Maker = { caller: null, tenant: null, userId: null, shopTransactionID: null };

/** Makes payments in all ways, in turn: charges, Checkout pages, subscriptions, and payments in Stripe's Dashboard. */
export class MixedPayments {
  /** Of the users who pay by saved cards; their charges come from the partner with the same name. */
  readonly tenant = `partner:${PARTNER}`;
  readonly makers = new Map<string, Maker>();
  private readonly ways: readonly Make[] = [
    (name, index) => this.charge(name, index),
    (name, index) => this.payCheckout(name, index),
    (name, index) => this.chargeAndRefund(name, index),
    (name, index) => this.payInDashboard(name, index, 'pm_card_visa'),
    (name, index) => this.charge(name, index, 'bad'),
    (name, index) => this.expireCheckout(name, index),
    (name, index) => this.payInDashboard(name, index, 'pm_card_createDispute'),
    (name, index) => this.payCheckout(name, index, DECLINED_NUMBER),
    (name, index) => this.refundInDashboard(name, index, 'pm_card_visa'),
    (name, index) => this.subscribe(name, index),
    (name, index) => this.refundInDashboard(name, index, 'pm_card_refundFail'),
  ];

  private constructor(
    private readonly bench: Bench,
    private readonly keys: { partner: string; service: string },
    private readonly payers: readonly Payer[],
  ) {}

  /** Creates the callers and their users with saved cards, before there are faults and kills. */
  static async prepare(bench: Bench): Promise<MixedPayments> {
    const partner = await bench.issueKey('partner', PARTNER);
    const service = await bench.issueKey('service', SERVICE);
    return new MixedPayments(bench, { partner, service }, await makePayers(bench, partner, PAYERS));
  }

  /** The credential of the service, which may see all payments. */
  get serviceKey(): string {
    return this.keys.service;
  }

  /** The credential of the partner whose users pay by saved cards. */
  get partnerKey(): string {
    return this.keys.partner;
  }

  /** Makes some of the payments of a run, at the pace of its kills. */
  async make(first: number, count: number): Promise<void> {
    const make = (_: unknown, offset: number) => async () => {
      const index = first + offset;
      const name = `payment-${index}`;
      this.makers.set(name, await this.ways[index % this.ways.length]!(name, index));
    };
    await runAtPace(this.bench, Array.from({ length: count }, make));
  }

  private async charge(name: string, index: number, card: 'good' | 'bad' = 'good'): Promise<Maker> {
    const { payer, outcome } = await this.sendCharge(name, index, card);
    if (card === 'good' ? !isSuccess(outcome) : outcome.slug !== 'card-declined') throw unexpected(outcome);
    const { tenant } = this;
    return { caller: tenant, tenant, userId: payer.user, shopTransactionID: null };
  }

  private async chargeAndRefund(name: string, index: number): Promise<Maker> {
    const maker = await this.charge(name, index);
    const intent = [...this.bench.stripe.store.paymentIntents.newestFirst()].find(
      ({ description }) => description === name,
    );
    await this.ask('/refund', { paymentID: intent?.id, amount: '1.23' }, `refund of ${name}`);
    return maker;
  }

  private async payCheckout(name: string, index: number, firstNumber?: string): Promise<Maker> {
    const { redirectToUrl } = await this.openCheckout(name, index);
    if (firstNumber !== undefined) await payOnPage(redirectToUrl, firstNumber);
    await payOnPage(redirectToUrl);
    return this.shopping(name);
  }

  private async expireCheckout(name: string, index: number): Promise<Maker> {
    const { paymentID } = await this.openCheckout(name, index);
    await this.ask('/pay/expire', { paymentID }, `end of ${name}`);
    return this.shopping(name);
  }

  private async subscribe(name: string, index: number): Promise<Maker> {
    const { redirectToUrl } = await this.openCheckout(name, index, '/pay/recurrent', { interval: 'month' });
    await payOnPage(redirectToUrl);
    return this.shopping(name);
  }

  private async payInDashboard(name: string, index: number, card: string): Promise<Maker> {
    await this.createIntent(name, index, card);
    return IN_DASHBOARD;
  }

  private async refundInDashboard(name: string, index: number, card: string): Promise<Maker> {
    const { id } = await this.createIntent(name, index, card);
    await this.bench.stripeClient.refunds.create({ payment_intent: id, amount: 456 });
    return IN_DASHBOARD;
  }

  private createIntent(name: string, index: number, card: string) {
    return this.bench.stripeClient.paymentIntents.create({
      amount: LOWEST_AMOUNT + index,
      currency: 'usd',
      description: name,
      payment_method: card,
      confirm: true,
      return_url: 'https://example.com/paid',
    });
  }

  private async sendCharge(name: string, index: number, card: 'good' | 'bad') {
    const payer = this.payers[index % this.payers.length]!;
    const outcome = await this.bench.client(this.keys.partner, GIVE_UP_AFTER_MS).send({
      name,
      path: `/partners/user/${payer.user}/payment_intent`,
      body: { amount: LOWEST_AMOUNT + index, description: name, stripe_payment_method_id: payer[card] },
    });
    return { payer, outcome };
  }

  private openCheckout(name: string, index: number, path = '/pay', more: object = {}) {
    const amount = ((LOWEST_AMOUNT + index) / 100).toFixed(2);
    const redirects = {
      successRedirect: 'https://example.com/ok',
      failureRedirect: 'https://example.com/ko',
    };
    return this.ask(path, { shopTransactionID: name, amount, ...redirects, ...more }, name);
  }

  /** The body of the service's answer. */
  private async ask(path: string, body: object, name: string): Promise<Outcome['body']> {
    const outcome = await this.bench.client(this.keys.service, GIVE_UP_AFTER_MS).send({ name, path, body });
    if (!isSuccess(outcome)) throw unexpected(outcome);
    return outcome.body;
  }

  private shopping(name: string): Maker {
    return { caller: `service:${SERVICE}`, tenant: null, userId: null, shopTransactionID: name };
  }
}

function unexpected(outcome: Outcome): Error {
  return new Error(`another outcome than expected: ${describeOutcome(outcome)}`);
}
