import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import { failures } from '../../http/errors.js';
import type { Params } from '../../http/params.js';
import { omit } from '../../omit.js';
import { newId } from '../../store/ids.js';
import { toCardSource } from '../payment-methods/card-source.js';
import { createEnteredCard } from '../payment-methods/payment-method.js';
import type { createParams } from './params.js';

/**
 * A card that can be used once, as it was entered before payment methods.
 * Source: https://docs.stripe.com/api/tokens/create_card.
 * @throws StripeFailure 400 without a card, 402 for an invalid one
 */
export function createToken(ctx: Context, { card }: Params<typeof createParams>): Stripe.Token {
  if (!card) throw failures.missing('card');
  const source = toCardSource(createEnteredCard(ctx, card));
  return ctx.store.tokens.insert({
    id: newId('token'),
    object: 'token',
    card: omit(source, 'allow_redisplay', 'customer'),
    client_ip: null,
    created: ctx.now(),
    livemode: false,
    type: 'card',
    used: false,
  });
}
