import type Stripe from 'stripe';
import type { RequestContext } from '#core/request-context.js';
import { createdInAccountUnderKey, createdUnderKey, findByOperationId } from './find-by-metadata.js';
import type { StripeProvider } from './stripe.provider.js';

/**
 * Finds the Checkout Session that an operation has created.
 *
 * @param of narrows the list that is read for it: whose it is, if it has a customer, and when the operation was first sent
 * @returns as {@link findByOperationId}
 */
export function findSessionByOperationId(
  provider: StripeProvider,
  context: RequestContext,
  operationId: string,
  { customer, sentAt }: { customer?: string | undefined; sentAt?: Date },
): Promise<Stripe.Checkout.Session | 'not-done' | 'unknown'> {
  const createdBy = customer === undefined ? createdInAccountUnderKey : createdUnderKey;
  const of = { ...(customer && { customer }), ...(sentAt && { created: createdBy(sentAt) }) };
  return findByOperationId(operationId, (page) =>
    provider.read(context, (stripe) => stripe.checkout.sessions.list({ ...of, ...page })),
  );
}
