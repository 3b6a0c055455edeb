import type Stripe from 'stripe';
import type { Context } from '../context.js';
import { decodeForm } from '../http/form.js';
import { readParams } from '../http/params.js';
import { fundParams } from '../nouns/cash-balance/params.js';
import { fundCashBalance } from '../nouns/cash-balance/reconcile.js';
import { sessionOf } from '../nouns/checkout-sessions/pay.js';
import { redirectTarget } from '../nouns/checkout-sessions/redirect-urls.js';
import { instructionsOf } from '../nouns/payment-intents/transfer.js';
import { notice } from './layout.js';
import { attempt, NOT_FOUND, type PageRoute, type PageAnswer } from './page-server.js';
import { transferPage } from './transfer-page.js';

/** The page at the `hosted_instructions_url` of a payment by bank transfer. */
export const transferPages: PageRoute[] = [
  {
    path: '/transfer/:intent',
    show(ctx, named) {
      const intent = ctx.store.paymentIntents.get(named['intent']!);
      return intent ? showTransfer(ctx, intent) : NOT_FOUND;
    },
    submit(ctx, named, body) {
      const intent = ctx.store.paymentIntents.get(named['intent']!);
      const instructions = intent && instructionsOf(intent);
      if (!instructions) return NOT_FOUND;
      const { amount = String(instructions.amount_remaining) } = decodeForm(body);
      const transfer = { amount, currency: intent.currency, reference: instructions.reference! };
      const outcome = attempt(() =>
        fundCashBalance(
          ctx,
          intent.customer as string,
          readParams(fundParams, transfer, { version: ctx.accountVersion }),
        ),
      );
      if ('refusal' in outcome) return showTransfer(ctx, intent, outcome.refusal);
      return { redirectTo: `/transfer/${intent.id}` };
    },
  },
];

function showTransfer(ctx: Context, intent: Stripe.PaymentIntent, error?: string): PageAnswer {
  const session = sessionOf(ctx, intent);
  const onward = redirectTarget(session?.success_url ?? '', session?.id) ?? undefined;
  const instructions = instructionsOf(intent);
  if (instructions) {
    const page = transferPage({ intent, instructions, onward, error });
    return { status: error === undefined ? 200 : 400, page };
  }
  if (intent.status !== 'succeeded') return NOT_FOUND;
  const link = onward === undefined ? undefined : { url: onward, label: 'Continue' };
  return { status: 200, page: notice('Bank transfer', 'The payment has been made.', link) };
}
