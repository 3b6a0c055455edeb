import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import { finalizeInvoice, markUncollectible, voidInvoice } from './invoice.js';

/**
 * Does with a new draft what its subscription asks for while its payments are not collected. The customer's balance is
 * not used. Source: https://docs.stripe.com/billing/subscriptions/pause-payment.
 */
export function closePausedInvoice(
  ctx: Context,
  draft: Stripe.Invoice,
  { behavior }: Stripe.Subscription.PauseCollection,
): Stripe.Invoice {
  if (behavior === 'keep_as_draft') return draft;
  const finalized = finalizeInvoice(ctx, draft, { usesBalance: false });
  if (finalized.status !== 'open') return finalized;
  return behavior === 'void' ? voidInvoice(ctx, finalized) : markUncollectible(ctx, finalized);
}
