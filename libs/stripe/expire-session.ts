import type Stripe from 'stripe';
import { Problem } from '#core/problem.js';
import type { RequestContext } from '#core/request-context.js';
import { readAfterRefusal } from './read-after-refusal.js';
import { isRefused } from './stripe-errors.js';
import type { StripeProvider } from './stripe.provider.js';

/**
 * Expires a Checkout Session; succeeds if it has already expired: https://docs.stripe.com/api/checkout/sessions/expire
 *
 * @throws {Problem} `invalid-state` if it is paid
 */
export async function expireSession(
  provider: StripeProvider,
  context: RequestContext,
  sessionId: string,
  idempotencyKey: string,
): Promise<Stripe.Checkout.Session> {
  try {
    return await provider.write(context, idempotencyKey, (stripe, options) =>
      stripe.checkout.sessions.expire(sessionId, {}, options),
    );
  } catch (error) {
    if (!isRefused(error)) throw error;
    const session = await readAfterRefusal(
      error,
      provider.read(context, (stripe) => stripe.checkout.sessions.retrieve(sessionId)),
    );
    if (session.status === 'complete') throw new Problem('invalid-state', {}, error);
    if (session.status !== 'expired') throw error;
    return session;
  }
}

/** A Checkout Session that has expired unpaid; undefined if it has not. */
export async function findExpiredSession(
  provider: StripeProvider,
  context: RequestContext,
  sessionId: string,
): Promise<Stripe.Checkout.Session | undefined> {
  const session = await provider.read(context, (stripe) => stripe.checkout.sessions.retrieve(sessionId));
  return session.status === 'expired' ? session : undefined;
}
