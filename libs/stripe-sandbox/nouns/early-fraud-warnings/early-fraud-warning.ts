import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import { newId } from '../../store/ids.js';

/** Records that the issuer reported a charge. Source: https://docs.stripe.com/api/radar/early_fraud_warnings/object. */
export function createFraudWarning(ctx: Context, charge: Stripe.Charge): void {
  const warning = ctx.store.fraudWarnings.insert({
    id: newId('fraudWarning'),
    object: 'radar.early_fraud_warning',
    actionable: true,
    charge: charge.id,
    created: ctx.now(charge.customer as string | null),
    fraud_type: 'misc',
    livemode: false,
    ...(charge.payment_intent !== null && { payment_intent: charge.payment_intent }),
  });
  ctx.emit('radar.early_fraud_warning.created', warning);
}

/** Marks a fully refunded charge's warnings as not actionable. */
export function closeFraudWarnings(ctx: Context, charge: Stripe.Charge): void {
  if (!charge.refunded) return;
  for (const before of ctx.store.fraudWarnings.newestFirst({ where: { charge: charge.id } })) {
    if (!before.actionable) continue;
    const after = ctx.store.fraudWarnings.update(before.id, { actionable: false });
    ctx.emit('radar.early_fraud_warning.updated', after, before);
  }
}
