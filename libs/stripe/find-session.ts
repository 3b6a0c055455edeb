import type Stripe from 'stripe';
import type { RequestContext } from '#core/request-context.js';
import { findByOperationId } from './find-by-metadata.js';
import type { StripeProvider } from './stripe.provider.js';

/**
 * Finds the Checkout Session that an operation has created.
 *
 * @param of narrows the list that is read for it; without a customer, those of all customers
 * @returns as {@link findByOperationId}
 */
export function findSessionByOperationId(
  provider: StripeProvider,
  context: RequestContext,
  operationId: string,
  { customer, ...of }: Pick<Stripe.Checkout.SessionListParams, 'customer' | 'created'>,
): Promise<Stripe.Checkout.Session | 'not-done' | 'unknown'> {
  return findByOperationId(operationId, (page) =>
    provider.read(context, (stripe) =>
      stripe.checkout.sessions.list({ ...(customer && { customer }), ...of, ...page }),
    ),
  );
}
