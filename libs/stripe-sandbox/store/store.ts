import type Stripe from 'stripe';
import { Collection, type Change, type Entity } from './collection.js';
import { noteEffects } from './effects.js';
import type { CollectionName } from './collection-names.js';
import type {
  CardFacts,
  Cause,
  CheckoutFacts,
  Delivery,
  EffectNote,
  EndpointSecret,
  KeptReply,
  SoldItem,
  Task,
  Tombstone,
} from './records.js';

/** Is told of a change, and for whose request it was made. */
export type Watcher = (change: Change, cause: Cause) => void;

/** What an account's owner has set in Stripe's dashboard. */
export interface AccountSettings {
  /**
   * What becomes of a subscription whose invoice could not be paid at any attempt. Source:
   * https://docs.stripe.com/billing/revenue-recovery/smart-retries#failed-payments-for-subscriptions.
   */
  afterRetries: 'cancel' | 'mark_unpaid' | 'leave_past_due';
}

const SETTINGS: AccountSettings = { afterRetries: 'cancel' };

/** The key of what has one. */
const present = <Key>(key: Key | null | undefined): Key[] => (key ? [key] : []);

/** Thrown for the name of a collection that is none here. */
export class UnknownCollectionError extends Error {}

/**
 * Everything the sandbox knows. Entities are Stripe's own resources, references unexpanded; what Stripe does
 * not show is in the internal collections at the end.
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
  readonly products = new Collection<Stripe.Product>('products', this.#record);
  readonly prices = new Collection<Stripe.Price>('prices', this.#record, ['product', 'lookup_key']);
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

  /** Internal: deleted objects. */
  readonly tombstones = new Collection<Tombstone>('tombstones', this.#record);
  /** Internal: which test card a payment method carries. */
  readonly cardFacts = new Collection<CardFacts>('cardFacts', this.#record);
  /** Internal: the subscription that an item, by its id, belongs to. */
  readonly itemOwners = new Collection<{ id: string; subscription: string }>('itemOwners', this.#record);
  /** Internal: what the checkout sessions sell. */
  readonly lineItems = new Collection<SoldItem>('lineItems', this.#record, ['session']);
  /** Internal: the invoice payment that a payment intent, by its id, is made for. */
  readonly intentInvoices = new Collection<{ id: string; invoicePayment: string }>(
    'intentInvoices',
    this.#record,
  );
  /** Internal: what a checkout session is to be paid with. */
  readonly checkoutFacts = new Collection<CheckoutFacts>('checkoutFacts', this.#record, [
    'payment_intent',
    'subscription',
  ]);
  /** Internal: what to look at again, and when. */
  readonly tasks = new Collection<Task>('tasks', this.#record, ['clock']);
  /** Internal: what webhook deliveries are signed with. */
  readonly endpointSecrets = new Collection<EndpointSecret>('endpointSecrets', this.#record);
  /** Internal: what the webhook endpoints are still to be told. */
  readonly deliveries = new Collection<Delivery>('deliveries', this.#record, ['endpoint']);
  /** Internal: the ledger, in the order of what was made. */
  readonly effects = new Collection<EffectNote>('effects', this.#record);
  /** Internal: replies to replay for their idempotency keys. */
  readonly keptReplies = new Collection<KeptReply>('keptReplies', this.#record);

  constructor(settings: Partial<AccountSettings> = {}) {
    this.settings = { ...SETTINGS, ...settings };
  }

  /** Calls `watcher` for each change once it is committed, in order: for webhooks, ledgers and the like. */
  watch(watcher: Watcher): void {
    this.#watchers.push(watcher);
  }

  /** Ends a unit of work: hands its changes to `persist`, whose failure undoes them, then to the watchers. */
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

  /** Ends a unit of work as if it had never begun. */
  rollback(): void {
    for (const { collection, id, before } of this.#changes.splice(0).toReversed()) {
      this.collection(collection).restore(id, before);
    }
  }

  /**
   * A collection by its name, for code that works on any noun.
   * @throws UnknownCollectionError for a name that comes from elsewhere
   */
  collection(name: CollectionName): Collection<Entity> {
    const collection = this[name] as unknown as Collection<Entity> | undefined;
    if (!collection) throw new UnknownCollectionError(`there are no ${name}`);
    return collection;
  }
}
