import type Stripe from 'stripe';
import type { Collected } from '../nouns/checkout-sessions/collected.js';
import type { createParams as checkoutParams } from '../nouns/checkout-sessions/params.js';
import type { Params } from '../http/params.js';
import type { Entity } from './collection.js';
import type { CollectionName } from './collection-names.js';

/*
 * What the store keeps besides Stripe's resources. Times are Unix seconds.
 */

/** The request that a change was made for; null for scheduled work and the sandbox's own pages. */
export interface Cause {
  readonly requestId: string | null;
  readonly idempotencyKey: string | null;
  readonly version: string;
}

/** What remains of a deleted object: Stripe still returns it when it is retrieved. */
export interface Tombstone {
  id: string;
  object: string;
  deleted: true;
}

/** What only Stripe knows about a card payment method; the id is the payment method's. */
export interface CardFacts {
  id: string;
  number: string;
  /** Authenticated for later use: by a setup intent, or by a payment that saved it. */
  isSetUp: boolean;
  /** Was detached, or paid once without being attached: it can't be used again. */
  isSpent: boolean;
  /** The intent that the cardholder has authenticated and that must be confirmed again. */
  authenticatedFor: string | null;
}

/** The cash of a customer, and how it is applied to payments; the id is the customer's. */
export interface CashFacts {
  id: string;
  /** In minor units, by currency. */
  available: Record<string, number>;
  /** null for the account's default. */
  reconciliation_mode: 'automatic' | 'manual' | null;
}

/** What a discount takes off, which a later change of its coupon does not affect; the id is the discount's. */
export interface DiscountTerms {
  id: string;
  amount_off: number | null;
  percent_off: number | null;
  currency: string | null;
  duration: string;
  /** null for all products. */
  products: string[] | null;
}

/** A line of a checkout session; the id is the line's. */
export interface SoldItem {
  id: string;
  created: number;
  session: string;
  item: Stripe.LineItem;
}

type CheckoutParams = Params<typeof checkoutParams>;

/** What a checkout session does not show until it is paid; the id is the session's. */
export interface CheckoutFacts {
  id: string;
  payment_intent_data: NonNullable<CheckoutParams['payment_intent_data']>;
  /** Undefined in older journals. */
  payment_method_options?: CheckoutParams['payment_method_options'];
  subscription_data: NonNullable<CheckoutParams['subscription_data']>;
  /** What the attempts to pay are made with; the session shows them once it is complete. */
  customer: string | null;
  /** Whether the name, and so on, that is entered on the page becomes the customer's; undefined in older journals. */
  savesName?: boolean;
  savesAddress?: boolean;
  savesShipping?: boolean;
  /** Whether a saved payment method may be shown again; undefined if the session does not say. */
  allow_redisplay?: Stripe.PaymentMethod.AllowRedisplay | undefined;
  /** Whether the person who made the last attempt wanted its payment method to be saved; undefined before the first one. */
  savesMethod?: boolean;
  /** What a session that expires is made again with; undefined if it can't be recovered. */
  recovery?: CheckoutParams | undefined;
  payment_intent: string | null;
  subscription: string | null;
  /** The discount of the session; undefined if it was created before there were any. */
  discount?: string | null;
  /** As last entered on the page. */
  contact: Contact | null;
}

/** What was entered on a page; what it collects besides the email and the name is missing in older journals. */
export type Contact = { email: string | null; name: string | null } & Partial<Collected>;

/** The products between whose prices a portal lets customers switch; the id is the configuration's. */
export interface PortalProducts {
  id: string;
  products: Stripe.BillingPortal.Configuration.Features.SubscriptionUpdate.Product[];
}

/** Work that an entity needs at a later time. */
export interface Task {
  /** One for each entity: a new time replaces the old one. */
  id: string;
  /** When it is due: tasks are kept in that order. */
  created: number;
  /** The test clock that decides; null for the sandbox's own clock. */
  clock: string | null;
  collection: CollectionName;
  /** The entity's id. */
  subject: string;
}

/** The secret that signs an endpoint's deliveries; Stripe returns it at creation only. */
export interface EndpointSecret {
  /** The endpoint's. */
  id: string;
  secret: string;
  /** Whether the endpoint comes from the sandbox's options rather than from the API. */
  isOwn: boolean;
}

/** An event that has not been delivered to an endpoint yet. */
export interface Delivery {
  /** `<event>/<endpoint>`. */
  id: string;
  /** When the next attempt is due, by the sandbox's clock: deliveries are kept in that order. */
  created: number;
  event: string;
  endpoint: string;
  attempts: number;
  /** Whether its first attempt was delayed, which happens once at most. */
  isDelayed: boolean;
}

/** An entity that was created, and the request that created it. */
export interface EffectNote {
  /** The entity's. */
  id: string;
  collection: CollectionName;
  madeAt: number;
  requestId: string | null;
  idempotencyKey: string | null;
}

/** A reply kept for its idempotency key. */
export interface KeptReply {
  /** The caller and the key: each caller has keys of its own. */
  id: string;
  created: number;
  path: string;
  fingerprint: string;
  requestId: string;
  status: number;
  /** The body; null if it is the text of `resource`. */
  body: string | null;
  /** The entity that was the whole reply, as it was then: a body of its own would be the largest part of a payment. */
  resource?: (Entity & { readonly object: string }) | null;
}
