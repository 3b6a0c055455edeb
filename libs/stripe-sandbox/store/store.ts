import type Stripe from 'stripe';
import { Collection, type Change, type Entity } from './collection.js';
import { noteEffects } from './effects.js';
import type { CollectionName } from './collection-names.js';
import type {
  CardFacts,
  CashFacts,
  Cause,
  CheckoutFacts,
  Delivery,
  DiscountTerms,
  EffectNote,
  EndpointSecret,
  KeptReply,
  PortalProducts,
  SoldItem,
  Task,
  Tombstone,
} from './records.js';

/** Called with a committed change and the request that caused it. */
export type Watcher = (change: Change, cause: Cause) => void;

/** Properties of an account that its API does not set: settings of the dashboard, and the balance. */
export interface AccountSettings {
  /**
   * What happens to a subscription when all attempts to collect an invoice have failed. Source:
   * https://docs.stripe.com/billing/revenue-recovery/smart-retries#failed-payments-for-subscriptions.
   */
  afterRetries: 'cancel' | 'mark_unpaid' | 'leave_past_due';
  /** Whether the balance is too low for refunds, which are refused then. */
  isBalanceShort: boolean;
}

const DEFAULT_SETTINGS: AccountSettings = { afterRetries: 'cancel', isBalanceShort: false };

/** An index key, if there is one. */
const present = <Key>(key: Key | null | undefined): Key[] => (key ? [key] : []);

/** Thrown for a name that no collection has. */
export class UnknownCollectionError extends Error {}

/**
 * The state of the sandbox. Entities are Stripe's resources with references unexpanded; what Stripe does not
 * show is in the internal collections at the end.
 */
export class Store {
  readonly settings: AccountSettings;
  readonly #changes: Change[] = [];
  readonly #watchers: Watcher[] = [];
  readonly #record = (change: Change): void => void this.#changes.push(change);

  readonly customers = new Collection<Stripe.Customer>('customers', this.#record, ['email', 'test_clock']);
  readonly paymentMethods = new Collection<Stripe.PaymentMethod, { isAttached: boolean }>(
    'paymentMethods',
    this.#record,
    ['customer'],
    { isAttached: ({ customer }) => [customer !== null] },
  );
  readonly setupIntents = new Collection<Stripe.SetupIntent>('setupIntents', this.#record, [
    'customer',
    'payment_method',
  ]);
  readonly setupAttempts = new Collection<Stripe.SetupAttempt>('setupAttempts', this.#record, [
    'setup_intent',
  ]);
  readonly paymentIntents = new Collection<Stripe.PaymentIntent>('paymentIntents', this.#record, [
    'customer',
  ]);
  readonly charges = new Collection<Stripe.Charge>('charges', this.#record, ['payment_intent', 'customer']);
  readonly refunds = new Collection<Stripe.Refund>('refunds', this.#record, ['charge', 'payment_intent']);
  readonly balanceTransactions = new Collection<Stripe.BalanceTransaction, { settlesOn: number }>(
    'balanceTransactions',
    this.#record,
    ['source', 'type', 'currency'],
    { settlesOn: ({ status, available_on }) => (status === 'pending' ? [available_on] : []) },
  );
  readonly products = new Collection<Stripe.Product>('products', this.#record);
  readonly prices = new Collection<Stripe.Price>('prices', this.#record, ['product', 'lookup_key']);
  readonly coupons = new Collection<Stripe.Coupon>('coupons', this.#record);
  readonly promotionCodes = new Collection<Stripe.PromotionCode, { coupon: string; text: string }>(
    'promotionCodes',
    this.#record,
    ['active', 'customer'],
    {
      coupon: ({ promotion }) => present(promotion.coupon as string | null),
      text: ({ code }) => [code.toLowerCase()],
    },
  );
  readonly discounts = new Collection<Stripe.Discount>('discounts', this.#record);
  readonly checkoutSessions = new Collection<Stripe.Checkout.Session, { email: string }>(
    'checkoutSessions',
    this.#record,
    ['payment_intent', 'setup_intent', 'subscription', 'customer', 'status'],
    { email: ({ customer_details }) => present(customer_details?.email) },
  );
  readonly subscriptions = new Collection<Stripe.Subscription, { price: string }>(
    'subscriptions',
    this.#record,
    ['customer', 'status', 'test_clock'],
    { price: ({ items }) => items.data.map(({ price }) => price.id) },
  );
  readonly invoices = new Collection<Stripe.Invoice, { subscription: string }>(
    'invoices',
    this.#record,
    ['customer', 'status'],
    { subscription: ({ parent }) => present(parent?.subscription_details?.subscription as string) },
  );
  readonly invoiceItems = new Collection<Stripe.InvoiceItem, { isPending: boolean }>(
    'invoiceItems',
    this.#record,
    ['customer', 'invoice'],
    { isPending: ({ invoice }) => [invoice === null] },
  );
  readonly invoicePayments = new Collection<Stripe.InvoicePayment, { payment_intent: string }>(
    'invoicePayments',
    this.#record,
    ['invoice'],
    { payment_intent: ({ payment }) => present(payment.payment_intent as string) },
  );
  readonly mandates = new Collection<Stripe.Mandate>('mandates', this.#record, ['payment_method']);
  readonly tokens = new Collection<Stripe.Token>('tokens', this.#record);
  readonly disputes = new Collection<Stripe.Dispute>('disputes', this.#record, ['charge', 'payment_intent']);
  readonly fraudWarnings = new Collection<Stripe.Radar.EarlyFraudWarning>('fraudWarnings', this.#record, [
    'charge',
    'payment_intent',
  ]);
  readonly events = new Collection<Stripe.Event, { isDelivered: boolean }>('events', this.#record, ['type'], {
    isDelivered: ({ pending_webhooks }) => [pending_webhooks === 0],
  });
  readonly webhookEndpoints = new Collection<Stripe.WebhookEndpoint>('webhookEndpoints', this.#record);
  readonly testClocks = new Collection<Stripe.TestHelpers.TestClock>('testClocks', this.#record, ['status']);
  readonly subscriptionSchedules = new Collection<Stripe.SubscriptionSchedule>(
    'subscriptionSchedules',
    this.#record,
    ['customer'],
  );
  readonly taxIds = new Collection<Stripe.TaxId>('taxIds', this.#record, ['customer']);
  readonly creditNotes = new Collection<Stripe.CreditNote>('creditNotes', this.#record, [
    'customer',
    'invoice',
  ]);
  readonly customerBalanceTransactions = new Collection<Stripe.CustomerBalanceTransaction>(
    'customerBalanceTransactions',
    this.#record,
    ['customer'],
  );
  readonly customerCashBalanceTransactions = new Collection<Stripe.CustomerCashBalanceTransaction>(
    'customerCashBalanceTransactions',
    this.#record,
    ['customer'],
  );
  readonly portalConfigurations = new Collection<Stripe.BillingPortal.Configuration>(
    'portalConfigurations',
    this.#record,
    ['is_default'],
  );
  readonly portalSessions = new Collection<Stripe.BillingPortal.Session, { secret: string }>(
    'portalSessions',
    this.#record,
    [],
    { secret: ({ url }) => [url.split('/').at(-1)!] },
  );

  /** Internal: deleted objects. */
  readonly tombstones = new Collection<Tombstone>('tombstones', this.#record);
  /** Internal: which test card a payment method has. */
  readonly cardFacts = new Collection<CardFacts>('cardFacts', this.#record);
  /** Internal: the cash that customers have transferred. */
  readonly cashFacts = new Collection<CashFacts>('cashFacts', this.#record);
  /** Internal: the subscription of each item, by the item's id. */
  readonly itemOwners = new Collection<{ id: string; subscription: string }>('itemOwners', this.#record);
  /** Internal: the products that a coupon applies to, by its id; a coupon for all products has none. */
  readonly couponProducts = new Collection<{ id: string; products: string[] }>(
    'couponProducts',
    this.#record,
  );
  /** Internal: what a discount takes off, by its id. */
  readonly discountTerms = new Collection<DiscountTerms>('discountTerms', this.#record);
  /** Internal: the lines of checkout sessions. */
  readonly lineItems = new Collection<SoldItem>('lineItems', this.#record, ['session']);
  /** Internal: the invoice payment of each payment intent that pays an invoice, by the intent's id. */
  readonly intentInvoices = new Collection<{ id: string; invoicePayment: string }>(
    'intentInvoices',
    this.#record,
  );
  /** Internal: what a checkout session needs until it is paid. */
  readonly checkoutFacts = new Collection<CheckoutFacts>('checkoutFacts', this.#record, [
    'payment_intent',
    'subscription',
  ]);
  /** Internal: the products of portal configurations, which Stripe only shows on expansion. */
  readonly portalProducts = new Collection<PortalProducts>('portalProducts', this.#record);
  /** Internal: work that is scheduled. */
  readonly tasks = new Collection<Task>('tasks', this.#record, ['clock']);
  /** Internal: the signing secrets of webhook endpoints. */
  readonly endpointSecrets = new Collection<EndpointSecret>('endpointSecrets', this.#record);
  /** Internal: events that webhook endpoints have not received yet. */
  readonly deliveries = new Collection<Delivery>('deliveries', this.#record, ['endpoint']);
  /** Internal: the ledger, in order of creation. */
  readonly effects = new Collection<EffectNote>('effects', this.#record);
  /** Internal: replies kept for idempotency keys. */
  readonly keptReplies = new Collection<KeptReply>('keptReplies', this.#record);

  constructor(settings: Partial<AccountSettings> = {}) {
    this.settings = { ...DEFAULT_SETTINGS, ...settings };
  }

  /** Calls `watcher` for each change once it is committed, in order. */
  watch(watcher: Watcher): void {
    this.#watchers.push(watcher);
  }

  /** Ends a unit of work: passes its changes to `persist`, whose failure rolls them back, then to the watchers. */
  commit(persist: (changes: readonly Change[]) => void, cause: Cause): void {
    if (this.#changes.length === 0) return;
    noteEffects(this.effects, this.#changes, cause);
    try {
      persist(this.#changes);
    } catch (error) {
      this.rollback();
      throw error;
    }
    const changes = this.#changes.splice(0);
    for (const change of changes) for (const watcher of this.#watchers) watcher(change, cause);
  }

  /** Ends a unit of work and undoes its changes. */
  rollback(): void {
    for (const { collection, id, before, place } of this.#changes.splice(0).toReversed()) {
      this.collection(collection).restore(id, before, place);
    }
  }

  /**
   * A collection by its name.
   * @throws UnknownCollectionError for a name read from a journal of another version
   */
  collection(name: CollectionName): Collection<Entity> {
    const collection = this[name] as unknown as Collection<Entity> | undefined;
    if (!collection) throw new UnknownCollectionError(`there are no ${name}`);
    return collection;
  }
}
