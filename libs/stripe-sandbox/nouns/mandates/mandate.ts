import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import { failures } from '../../http/errors.js';
import { fromParam } from '../../http/lookup.js';
import { newId, randomText } from '../../store/ids.js';
import type { mandateData } from './params.js';

type MandateData = ReturnType<ReturnType<typeof mandateData>['read']>;

/** What authorizes a debit: an acceptance for a new mandate, or the id of an earlier one. */
export interface Authorization {
  mandateData?: MandateData | undefined;
  mandate?: string | undefined;
}

/** What somebody accepts who enters an account on a page of the sandbox. */
export const ACCEPTED_ON_PAGE = {
  mandateData: { customer_acceptance: { type: 'online' } },
} satisfies Authorization;

/**
 * The mandate for a debit: a new one if it was accepted now, else the named one, else the account's own for later use.
 * @param terms of a new mandate: one payment, or any later ones
 * @throws StripeFailure 400 without any, or if the named one is for another account or not active
 */
export function requireMandate(
  ctx: Context,
  paymentMethod: Stripe.PaymentMethod,
  { mandateData: accepted, mandate: id }: Authorization,
  terms: Stripe.Mandate.SingleUse | 'multi_use',
): Stripe.Mandate {
  if (accepted) return createMandate(ctx, paymentMethod, accepted, terms);
  if (id !== undefined) {
    const named = fromParam(ctx.store.mandates, id, 'mandate');
    if (named.status === 'active' && named.payment_method === paymentMethod.id) return named;
    throw failures.invalidRequest(
      `The mandate ${id} is inactive, or is for another payment method than ${paymentMethod.id}.`,
      { code: 'payment_intent_mandate_invalid', param: 'mandate' },
    );
  }
  const where = { payment_method: paymentMethod.id, status: 'active', type: 'multi_use' } as const;
  const [own] = ctx.store.mandates.newestFirst({ where });
  if (own) return own;
  // Seen by others at https://docs.stripe.com/payments/ach-direct-debit/accept-a-payment.
  throw failures.invalidRequest(
    'This PaymentIntent requires a mandate, but no existing mandate was found. Collect mandate acceptance from the customer and try again, providing acceptance data in the mandate_data parameter.',
  );
}

/** Source: https://docs.stripe.com/api/mandates/object. */
export function createMandate(
  ctx: Context,
  { id: payment_method }: Stripe.PaymentMethod,
  { customer_acceptance: { accepted_at, online, type } }: MandateData,
  terms: Stripe.Mandate.SingleUse | 'multi_use',
): Stripe.Mandate {
  const reference = randomText(16).toUpperCase();
  return ctx.store.mandates.insert({
    id: newId('mandate'),
    object: 'mandate',
    customer_acceptance: {
      accepted_at: accepted_at ?? ctx.now(),
      ...(type === 'online'
        ? { online: { ip_address: online?.ip_address ?? null, user_agent: online?.user_agent ?? null } }
        : { offline: {} }),
      type,
    },
    livemode: false,
    payment_method,
    payment_method_details: {
      sepa_debit: {
        reference,
        url: `https://hooks.stripe.com/adapter/sepa_debit/file/${reference}`,
      },
      type: 'sepa_debit',
    },
    status: 'active',
    ...(terms === 'multi_use'
      ? { multi_use: {}, type: 'multi_use' }
      : { single_use: terms, type: 'single_use' }),
  });
}

/** Ends the mandates of a payment method that is detached. */
export function endMandates(ctx: Context, payment_method: string): void {
  const active = [...ctx.store.mandates.newestFirst({ where: { payment_method, status: 'active' } })];
  for (const before of active) {
    ctx.emit('mandate.updated', ctx.store.mandates.update(before.id, { status: 'inactive' }), before);
  }
}
