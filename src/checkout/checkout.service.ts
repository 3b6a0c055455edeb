import { Injectable } from '@nestjs/common';
import type { Owner } from '#core/actor.js';
import { Clock } from '#core/clock.js';
import { type FieldError, invalidField, Problem, unknownObject } from '#core/problem.js';
import type { RequestContext } from '#core/request-context.js';
import { isRedirectAllowed, REDIRECT_REFUSAL, redirectRules } from '../config/redirect-url.js';
import { Settings } from '../config/settings.js';
import { findSubscribable } from '../config/subscribable-prices.js';
import { CustomersService } from '../customers/customers.service.js';
import { ONLY_SUBSCRIPTION_TO, OnlyPageStripe } from '../customers/only-page.stripe.js';
import { OwnerSubscriptionsService } from '../customers/owner-subscriptions.service.js';
import { UpgradeClaimsStore } from '../customers/upgrade-claims.store.js';
import type { MovedAmount } from '../operations/guardrail-rules.js';
import type { OperationRequest, Outcome } from '../operations/operation.js';
import { type OperationRunner, OperationsService } from '../operations/operations.service.js';
import { PaymentAccess } from '../payments/payment-access.service.js';
import { type ExpiredSession, ExpiryRecorder } from '../payments/expiry-recorder.service.js';
import { CHECKOUT_OPERATION } from '../payments/payment-ids.js';
import { PaymentRecorder } from '../payments/payment-recorder.service.js';
import { SubscriptionRecorder } from '../payments/subscription-recorder.service.js';
import type { Checkout, CheckoutCommand, SubscribeCommand } from './checkout.js';
import {
  assertAllKnown,
  assertOneRecurrence,
  assertSellable,
  chargeableTotalMinor,
  currencyOf,
} from './checkout-items.js';
import { CheckoutClaimsStore } from './checkout-claims.store.js';
import { type CheckoutPlan, CheckoutStripe, type StartedCheckout } from './checkout.stripe.js';
import { ShopTransactions } from './shop-transactions.service.js';

const NOT_A_CHECKOUT = 'must be the id of a payment that was started on a checkout page';

/** Starts payments and subscriptions on a Checkout page, and expires unpaid ones. */
@Injectable()
export class CheckoutService {
  private readonly startOperation: OperationRunner<CheckoutPlan, Checkout>;
  private readonly expireOperation: OperationRunner<{ sessionId: string }, null>;

  constructor(
    operations: OperationsService,
    private readonly customers: CustomersService,
    private readonly access: PaymentAccess,
    private readonly stripe: CheckoutStripe,
    private readonly onlyPage: OnlyPageStripe,
    private readonly ownerSubscriptions: OwnerSubscriptionsService,
    private readonly upgrades: UpgradeClaimsStore,
    recorder: PaymentRecorder,
    subscriptions: SubscriptionRecorder,
    expiries: ExpiryRecorder,
    claims: CheckoutClaimsStore,
    private readonly shopTransactions: ShopTransactions,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {
    this.startOperation = operations.define<CheckoutPlan, Checkout, StartedCheckout>({
      name: CHECKOUT_OPERATION,
      send: async (context, plan, { stripeKey }) =>
        this.closeOthers(context, plan, await stripe.create(context, plan, stripeKey)),
      find: async (context, plan, { operationId }, sentAt) => {
        const found = await stripe.findCreated(context, plan, operationId, sentAt);
        if (typeof found === 'string') return found;
        return { result: await this.closeOthers(context, plan, found.result) };
      },
      refetch: (context, id) => stripe.retrieve(context, id),
      resultOf: ({ checkout }) => checkout,
      record: async (transaction, started, operation) => {
        await access.recordStart(transaction, started.checkout.id, operation);
        // The subscription is locked before its payment, as events do.
        const { subscription } = started;
        if (subscription) await subscriptions.recordOutcome(transaction, subscription, operation);
        await recorder.recordOutcome(transaction, started, operation);
        if (started.snapshot.shopTransactionId !== null)
          await claims.release(transaction, operation.operationId);
      },
      release: async (transaction, plan, { operationId }) => {
        if (plan.client_reference_id !== undefined) await claims.release(transaction, operationId);
      },
    });
    this.expireOperation = operations.define<{ sessionId: string }, null, ExpiredSession>({
      name: 'checkout-expire',
      send: (context, { sessionId }, { stripeKey }) => stripe.expire(context, sessionId, stripeKey),
      find: (context, { sessionId }) => stripe.findExpired(context, sessionId),
      resultOf: () => null,
      record: (transaction, expired, operation) => expiries.recordOutcome(transaction, expired, operation),
    });
  }

  /**
   * Opens a Checkout page. The command is validated before anything is created at Stripe.
   *
   * @throws {Problem} `invalid-request`, `not-found` for a Product or Price that Stripe does not know,
   *   `amount-out-of-range`, and for its shop transaction what {@link ShopTransactions.claim} throws
   */
  start(request: OperationRequest, command: CheckoutCommand): Promise<Outcome<Checkout>> {
    return this.startOperation.run(request, async ({ operationId }, count) => {
      const plan = await this.plan(request.context, command, operationId, count);
      await this.shopTransactions.claim(request, operationId, command);
      return plan;
    });
  }

  /**
   * Opens a page on which an owner can subscribe to a Price, and closes earlier ones for the same product.
   *
   * @throws {Problem} `not-found` for a Price that users may not choose, `already-subscribed`, and what {@link start} throws
   */
  subscribe(request: OperationRequest, owner: Owner, command: SubscribeCommand): Promise<Outcome<Checkout>> {
    const { context } = request;
    const { priceId, ...redirects } = command;
    const checkout = {
      mode: 'subscription',
      items: [{ priceId, quantity: 1 }],
      owner,
      ...redirects,
    } as const;
    return this.startOperation.run(request, async ({ operationId }, count) => {
      this.assertRedirects(checkout);
      const productId = await this.subscribableProduct(context, priceId);
      await this.ownerSubscriptions.assertNone(context, owner, productId);
      const plan = await this.plan(context, checkout, operationId, count);
      return { ...plan, metadata: { ...plan.metadata, [ONLY_SUBSCRIPTION_TO]: productId } };
    });
  }

  /**
   * Expires the Checkout page of an unpaid payment.
   *
   * @throws {Problem} `invalid-state` if it is paid, `invalid-request` if it was not started on a Checkout page,
   *   `not-found` as {@link PaymentAccess.find} does
   */
  expire(request: OperationRequest, paymentId: string): Promise<Outcome<null>> {
    return this.expireOperation.run(request, async () => {
      const sessionId = await this.stripe.findSession(
        request.context,
        await this.access.find(request.context, request.actor, paymentId),
      );
      if (!sessionId) throw invalidField('paymentId', NOT_A_CHECKOUT);
      return { sessionId };
    });
  }

  /** The Product of a Price. @throws {Problem} `not-found` for one that users may not choose, as for an unknown one */
  private async subscribableProduct(context: RequestContext, priceId: string): Promise<string> {
    const price = await findSubscribable(priceId, this.settings.SUBSCRIBABLE_PRICES, (id) =>
      this.stripe.price(context, id),
    );
    if (!price) throw unknownObject('items[0].priceId');
    return price.productId;
  }

  /**
   * Closes other pages than one that must be the only one.
   *
   * @returns the started page; without its link if it was closed for a newer one
   * @throws {Problem} `already-subscribed`, `not-done` while the customer's subscription is upgraded to the product
   */
  private async closeOthers(
    context: RequestContext,
    { customer, metadata }: CheckoutPlan,
    started: StartedCheckout,
  ): Promise<StartedCheckout> {
    const productId = metadata?.[ONLY_SUBSCRIPTION_TO];
    if (!productId || !customer) return started;
    // An upgrade that begins later closes this page itself.
    if (await this.upgrades.isClaimed(customer, String(productId))) {
      const pages = await this.onlyPage.openPages(context, customer, String(productId));
      await this.onlyPage.closeAll(context, pages);
      throw new Problem('not-done');
    }
    const keptId = await this.onlyPage.keepNewest(context, customer, String(productId));
    const { checkout } = started;
    return keptId === checkout.id ? started : { ...started, checkout: { ...checkout, url: null } };
  }

  private async plan(
    context: RequestContext,
    command: CheckoutCommand,
    operationId: string,
    count: (moved: MovedAmount) => void,
  ): Promise<CheckoutPlan> {
    const { items, owner } = command;
    this.assertRedirects(command);
    assertOneRecurrence(items, new Map());
    const prices = await this.stripe.prices(context, items);
    assertAllKnown(items, prices);
    const currency = currencyOf(command, prices);
    assertSellable(command, prices, currency);
    assertOneRecurrence(items, prices);
    count({ kind: 'charge', amountMinor: chargeableTotalMinor(command, prices, currency), currency });
    const customer = owner && (await this.customers.ensureId(context, owner));
    return this.stripe.plan(command, currency, customer, { operationId, now: this.clock.now() });
  }

  private assertRedirects({ successRedirect, failureRedirect }: CheckoutCommand): void {
    const rules = redirectRules(this.settings);
    const errors = Object.entries({ successRedirect, failureRedirect })
      .filter(([, url]) => !isRedirectAllowed(url, rules))
      .map(([field]): FieldError => ({ field, message: REDIRECT_REFUSAL }));
    if (errors.length > 0) throw new Problem('invalid-request', { errors });
  }
}
