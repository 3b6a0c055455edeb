import type Stripe from 'stripe';
import type { Context } from '../context.js';
import { decodeForm, type Form } from '../http/form.js';
import { readParams, type Schema } from '../http/params.js';
import { redirectTarget } from '../nouns/checkout-sessions/redirect-urls.js';
import { updateCustomer } from '../nouns/customers/customer.js';
import { updateParams as customerParams } from '../nouns/customers/params.js';
import { createEnteredPaymentMethod, detachPaymentMethod } from '../nouns/payment-methods/payment-method.js';
import { addCard, makeDefault, makeDefaultIfDue } from '../nouns/portal-sessions/add-card.js';
import { cancelFromPortal, renewFromPortal, updateFromPortal } from '../nouns/portal-sessions/changes.js';
import { readCardEntry } from './card-entry.js';
import { notice } from './layout.js';
import { omit } from '../omit.js';
import { attempt, NOT_FOUND, type PageAnswer, type PageRoute } from './page-server.js';
import { addCardPage, cancelPage, customerPage, updatePage } from './portal-forms.js';
import { portalPage } from './portal-page.js';
import { type Plan, type PortalView, portalView } from './portal-view.js';

type Named = Record<string, string>;

/** One page of the portal. Its URL has a secret, which only the merchant and the customer know. */
interface PortalPage {
  path: string;
  show: (view: PortalView, ctx: Context, named: Named) => PageAnswer;
  /** What its form does, and the URL to go to; by default that is where the session leads after a change. */
  submit?: (ctx: Context, view: PortalView, form: Form, body: string, named: Named) => string | void;
}

const page = ({ path, show, submit }: PortalPage): PageRoute => ({
  path: `/p/session/:session${path}`,
  show(ctx, named) {
    const view = portalView(ctx, named['session']!);
    return view ? show(view, ctx, named) : NOT_FOUND;
  },
  ...(submit && {
    submit(ctx, named, body) {
      const view = portalView(ctx, named['session']!);
      if (!view) return NOT_FOUND;
      const outcome = attempt(() => submit(ctx, view, decodeForm(body), body, named));
      if ('done' in outcome)
        return typeof outcome.done === 'string' ? { redirectTo: outcome.done } : finish(view);
      const current = portalView(ctx, named['session']!)!;
      return show({ ...current, error: outcome.refusal }, ctx, named);
    },
  }),
});

const withStatus = (view: PortalView, text: string): PageAnswer => ({
  status: view.error === undefined ? 200 : 402,
  page: text,
});

const home: Pick<PortalPage, 'show' | 'submit'> = {
  show: (view) => withStatus(view, portalPage(view)),
  submit(ctx, { configuration, customer, cards, plans, path }, form) {
    const card = cards.find(({ id }) => id === form['payment_method']);
    const plan = plans.find(({ subscription }) => subscription.id === form['subscription']);
    const isEditable = configuration.features.payment_method_update.enabled;
    if (form['action'] === 'renew' && plan) renewFromPortal(ctx, configuration, plan.subscription);
    if (form['action'] === 'default' && card && isEditable) makeDefault(ctx, customer, card.id);
    if (form['action'] === 'remove' && card && isEditable) detachPaymentMethod(ctx, card);
    return `${path}/home`;
  },
};

/** The customer portal, at a session's `url`: https://docs.stripe.com/customer-management. */
export const portalPages: PageRoute[] = [
  page({
    ...home,
    path: '',
    show: (view, ctx, named) => {
      const flowPath = pathOfFlow(view.session.flow);
      return flowPath === undefined ? home.show(view, ctx, named) : { redirectTo: view.path + flowPath };
    },
  }),
  page({ ...home, path: '/home' }),
  page({
    path: '/done',
    show({ session }) {
      const { custom_message } = session.flow?.after_completion.hosted_confirmation ?? {};
      return { status: 200, page: notice('Done', custom_message ?? 'Your changes have been saved.') };
    },
  }),
  page({
    path: '/cancel/:subscription',
    show(view, _ctx, named) {
      const plan = planOf(view, named);
      const isEnabled = view.configuration.features.subscription_cancel.enabled;
      return plan && isEnabled ? withStatus(view, cancelPage(view, plan)) : NOT_FOUND;
    },
    submit(ctx, view, form, _body, named) {
      const plan = planOf(view, named);
      if (plan) cancelFromPortal(ctx, view.configuration, plan.subscription, textOf(form['feedback']));
    },
  }),
  page({
    path: '/update/:subscription',
    show(view, _ctx, named) {
      const plan = planOf(view, named);
      if (!plan?.offer) return NOT_FOUND;
      const [chosen] = view.session.flow?.subscription_update_confirm?.items ?? [];
      return withStatus(view, updatePage(view, plan, chosen));
    },
    submit(ctx, view, form, _body, named) {
      const plan = planOf(view, named);
      const quantity = textOf(form['quantity']);
      if (!plan) return;
      updateFromPortal(ctx, view.configuration, plan.subscription, {
        price: textOf(form['price']),
        quantity: quantity === undefined ? undefined : Number(quantity),
      });
    },
  }),
  page({
    path: '/payment-methods',
    show: (view) =>
      view.configuration.features.payment_method_update.enabled
        ? withStatus(view, addCardPage(view))
        : NOT_FOUND,
    submit(ctx, { session, customer, configuration, path }, _form, body) {
      if (!configuration.features.payment_method_update.enabled) return;
      const entry = readCardEntry(body, { email: customer.email, now: ctx.now(customer.id) });
      const paymentMethod = createEnteredPaymentMethod(ctx, entry);
      const returnUrl = `${ctx.origin}${path}/added/${paymentMethod.id}`;
      return addCard(ctx, session, paymentMethod, returnUrl) ?? undefined;
    },
  }),
  page({
    // The authentication page returns here.
    path: '/added/:payment_method',
    show(view, ctx, named) {
      const card = view.cards.find(({ id }) => id === named['payment_method']);
      if (!card) return withFailedAuthentication(view);
      makeDefaultIfDue(ctx, view.session, card.id);
      return finish(view);
    },
  }),
  page({
    path: '/customer',
    show: (view) =>
      view.configuration.features.customer_update.enabled ? withStatus(view, customerPage(view)) : NOT_FOUND,
    submit(ctx, { configuration, customer }, form) {
      const { enabled, allowed_updates } = configuration.features.customer_update;
      if (!enabled) return;
      const allowed = Object.entries(customerParams).filter(([name]) => allowed_updates.includes(name));
      const schema: Schema = Object.fromEntries(allowed);
      const given = isFilled(form['shipping']) ? form : omit(form, 'shipping');
      updateCustomer(ctx, customer, readParams(schema, given, { version: ctx.accountVersion }));
    },
  }),
];

/** The page on which a flow begins. */
function pathOfFlow(flow: Stripe.BillingPortal.Session.Flow | null): string | undefined {
  if (flow?.type === 'customer_update') return '/customer';
  if (flow?.type === 'payment_method_update') return '/payment-methods';
  if (flow?.subscription_cancel) return `/cancel/${flow.subscription_cancel.subscription}`;
  const update = flow?.subscription_update ?? flow?.subscription_update_confirm;
  return update ? `/update/${update.subscription}` : undefined;
}

/** Where a session leads after a change. Source: https://docs.stripe.com/customer-management/portal-deep-links. */
function finish({ session, path }: PortalView): PageAnswer {
  const { type, redirect } = session.flow?.after_completion ?? {};
  const target = type === 'redirect' && redirect ? redirectTarget(redirect.return_url) : null;
  if (target !== null) return { redirectTo: target };
  return { redirectTo: `${path}/${type === 'hosted_confirmation' ? 'done' : 'home'}` };
}

const planOf = ({ plans }: PortalView, named: Named): Plan | undefined =>
  plans.find(({ subscription }) => subscription.id === named['subscription']);

const withFailedAuthentication = (view: PortalView): PageAnswer => {
  const failed = { ...view, error: 'The authentication of your card has failed.' };
  return withStatus(failed, addCardPage(failed));
};

/** Whether a person has entered anything: fields that stay empty are posted too. */
const isFilled = (value: Form[string] | undefined): boolean =>
  typeof value === 'object' ? Object.values(value).some(isFilled) : Boolean(value);

const textOf = (value: Form[string] | undefined): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;
