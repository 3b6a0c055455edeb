import type { Context } from '../context.js';
import { redirectTarget } from '../nouns/checkout-sessions/redirect-urls.js';
import type { Intent } from '../nouns/intents/intent.js';
import { completeAuthentication } from '../nouns/payment-intents/confirm.js';
import { completeSetupAuthentication } from '../nouns/setup-intents/confirm.js';
import { decodeForm } from '../http/form.js';
import { challengePage } from './challenge-page.js';
import { notice } from './layout.js';
import { NOT_FOUND, type PageRoute, type PageAnswer } from './page-server.js';

/** The page that an intent's `next_action` leads to: https://docs.stripe.com/payments/3d-secure. */
export const authenticationPages: PageRoute[] = [
  {
    path: '/3ds/:intent',
    show(ctx, named) {
      const intent = intentToAuthenticate(ctx, named['intent']!);
      if (!intent) return NOT_FOUND;
      const card = ctx.store.paymentMethods.get(intent.payment_method as string)?.card;
      return { status: 200, page: challengePage(intent, card?.last4 ?? '') };
    },
    submit(ctx, named, body) {
      const intent = intentToAuthenticate(ctx, named['intent']!);
      if (!intent) return NOT_FOUND;
      const isAuthenticated = decodeForm(body)['result'] !== 'fail';
      return returnToMerchant(intent.next_action, settle(ctx, intent, isAuthenticated));
    },
  },
];

function intentToAuthenticate(ctx: Context, id: string): Intent | undefined {
  const intent = ctx.store.paymentIntents.get(id) ?? ctx.store.setupIntents.get(id);
  return intent?.status === 'requires_action' ? intent : undefined;
}

const settle = (ctx: Context, intent: Intent, isAuthenticated: boolean): Intent =>
  intent.object === 'payment_intent'
    ? completeAuthentication(ctx, intent, isAuthenticated)
    : completeSetupAuthentication(ctx, intent, isAuthenticated);

/** Redirects to the merchant with the result in the query: https://docs.stripe.com/payments/accept-a-payment. */
function returnToMerchant(action: Intent['next_action'], intent: Intent): PageAnswer {
  const isDone = intent.status !== 'requires_payment_method';
  const target = redirectTarget(action?.redirect_to_url?.return_url ?? '');
  if (target === null) {
    const text = isDone ? 'The authentication has succeeded.' : 'The authentication has failed.';
    return { status: 200, page: notice('3D Secure', `${text} You can close this page.`) };
  }
  const url = new URL(target);
  url.searchParams.set(intent.object, intent.id);
  url.searchParams.set(`${intent.object}_client_secret`, intent.client_secret ?? '');
  url.searchParams.set('redirect_status', isDone ? 'succeeded' : 'failed');
  return { redirectTo: url.href };
}
