import type Stripe from 'stripe';
import type { Context } from '../../context.js';

type Session = Stripe.Checkout.Session;

/** Source: https://docs.stripe.com/payments/checkout/abandoned-carts. */
const RECOVERY_SECONDS = 30 * 24 * 60 * 60;

/** The `after_expiration` of a session that expires now: with a URL, if it can be recovered. */
export function withRecoveryUrl(
  ctx: Context,
  { after_expiration: before, id }: Session,
): Stripe.Checkout.Session.AfterExpiration | null {
  if (!before?.recovery?.enabled) return before;
  const expires_at = ctx.now() + RECOVERY_SECONDS;
  return { recovery: { ...before.recovery, expires_at, url: `${ctx.origin}/c/recover/${id}` } };
}

/** Whether a session has expired and its recovery URL has not. */
export function isRecoverable(ctx: Context, { after_expiration, status }: Session): boolean {
  return status === 'expired' && (after_expiration?.recovery?.expires_at ?? 0) > ctx.now();
}
