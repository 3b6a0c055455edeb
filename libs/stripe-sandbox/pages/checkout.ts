import type Stripe from 'stripe';
import type { Context } from '../context.js';
import { recoverCheckoutSession } from '../nouns/checkout-sessions/checkout-session.js';
import { applyPromotionCode } from '../nouns/checkout-sessions/discounts.js';
import { lineItemsOf } from '../nouns/checkout-sessions/line-items.js';
import { attemptedPayment, payCheckout } from '../nouns/checkout-sessions/pay.js';
import { isRecoverable } from '../nouns/checkout-sessions/recovery.js';
import { redirectTarget } from '../nouns/checkout-sessions/redirect-urls.js';
import { offeredCard, offeredCards, removeOfferedCard } from '../nouns/checkout-sessions/saved-cards.js';
import { type CardEntry, createEnteredPaymentMethod } from '../nouns/payment-methods/payment-method.js';
import { readCardEntry, readPromotionCode } from './card-entry.js';
import { readEntered, readSavedCard } from './checkout-entry.js';
import { type CheckoutFormName, checkoutPage, type CheckoutView } from './checkout-page.js';
import { notice } from './layout.js';
import { attempt, NOT_FOUND, type PageRoute, type PageAnswer } from './page-server.js';

/** The page at a session's `url`. */
export const checkoutPages: PageRoute[] = [
  {
    path: '/c/pay/:session',
    show(ctx, named) {
      const session = ctx.store.checkoutSessions.get(named['session']!);
      return session ? showSession(ctx, session) : NOT_FOUND;
    },
    submit(ctx, named, body) {
      const session = ctx.store.checkoutSessions.get(named['session']!);
      if (!session) return NOT_FOUND;
      if (session.status !== 'open') return showSession(ctx, session);
      const code = readPromotionCode(body);
      if (code !== undefined) {
        const applied = attempt(() => applyPromotionCode(ctx, session, code));
        if ('refusal' in applied) {
          return showOpen(ctx, session, { form: 'promotion_code', message: applied.refusal });
        }
        return { redirectTo: `/c/pay/${session.id}` };
      }
      const { chosen, removed } = readSavedCard(body);
      if (removed !== undefined) {
        const outcome = attempt(() => removeOfferedCard(ctx, session, removed));
        if ('refusal' in outcome) {
          return showOpen(ctx, session, { form: 'saved_card', message: outcome.refusal });
        }
        return { redirectTo: `/c/pay/${session.id}` };
      }
      const entry = readCardEntry(body, { email: contactOf(ctx, session).email, now: ctx.now() });
      const entered = readEntered(body, session);
      const outcome = attempt(() =>
        payCheckout(
          ctx,
          session,
          chosen === undefined ? createEnteredPaymentMethod(ctx, entry) : offeredCard(ctx, session, chosen),
          entered,
        ),
      );
      if ('refusal' in outcome) {
        return showOpen(ctx, session, {
          form: chosen === undefined ? formOf(entry) : 'saved_card',
          message: outcome.refusal,
        });
      }
      return { redirectTo: outcome.done ?? successUrl(session) };
    },
  },
  {
    // The authentication page returns here.
    path: '/c/pay/:session/done',
    show(ctx, named) {
      const session = ctx.store.checkoutSessions.get(named['session']!);
      if (!session) return NOT_FOUND;
      return { redirectTo: session.status === 'complete' ? successUrl(session) : `/c/pay/${session.id}` };
    },
  },
  {
    // An expired session has a URL for a customer who wants to pay after all.
    path: '/c/recover/:session',
    show(ctx, named) {
      const session = ctx.store.checkoutSessions.get(named['session']!);
      if (!session || !isRecoverable(ctx, session)) return NOT_FOUND;
      const recovered = attempt(() => recoverCheckoutSession(ctx, session));
      if ('refusal' in recovered) return { status: 400, page: notice('Checkout', recovered.refusal) };
      return { redirectTo: `/c/pay/${recovered.done.id}` };
    },
  },
];

function showSession(ctx: Context, session: Stripe.Checkout.Session): PageAnswer {
  if (session.status === 'open') return showOpen(ctx, session, lastError(ctx, session));
  const cancelUrl = cancelUrlOf(session);
  const page =
    session.status === 'complete'
      ? notice('Thank you', 'This checkout has been completed.', {
          url: successUrl(session),
          label: 'Continue',
        })
      : notice(
          'Session expired',
          'This checkout session has expired.',
          cancelUrl === null ? undefined : { url: cancelUrl, label: 'Go back' },
        );
  return { status: 200, page };
}

/** The form by which a payment method was entered. */
function formOf({ iban, isTransfer }: CardEntry): CheckoutFormName {
  if (isTransfer) return 'customer_balance';
  return iban === undefined ? 'card' : 'sepa_debit';
}

function showOpen(ctx: Context, session: Stripe.Checkout.Session, error: CheckoutView['error']): PageAnswer {
  const cancelUrl = cancelUrlOf(session);
  const contact = contactOf(ctx, session);
  const page = checkoutPage({
    session,
    lines: lineItemsOf(ctx, session.id),
    cards: offeredCards(ctx, session),
    cancelUrl,
    contact,
    error,
  });
  return { status: error === undefined ? 200 : 402, page };
}

function contactOf(ctx: Context, { id, customer_details }: Stripe.Checkout.Session) {
  const entered = ctx.store.checkoutFacts.get(id)?.contact;
  return { email: customer_details?.email ?? entered?.email ?? null, name: entered?.name ?? null };
}

/** Why the last attempt failed, on this page or on the authentication page. Only cards fail at once. */
function lastError(ctx: Context, session: Stripe.Checkout.Session): CheckoutView['error'] {
  const setup = ctx.store.setupIntents.get((session.setup_intent as string | null) ?? '');
  const error = setup ? setup.last_setup_error : attemptedPayment(ctx, session.id)?.last_payment_error;
  if (error?.message === undefined) return undefined;
  const isSaved = offeredCards(ctx, session).some(({ id }) => id === error.payment_method?.id);
  return { form: isSaved ? 'saved_card' : 'card', message: error.message };
}

const cancelUrlOf = ({ id, cancel_url }: Stripe.Checkout.Session): string | null =>
  cancel_url && redirectTarget(cancel_url, id);

const successUrl = ({ id, success_url }: Stripe.Checkout.Session): string =>
  redirectTarget(success_url ?? '', id)!;
