import { billingExamples } from './billing-examples.js';
import { paymentExamples } from './payment-examples.js';
import type { Example } from './trial.js';
import type { World } from './world.js';

const examples = { ...paymentExamples, ...billingExamples };

/** Requests of a route, each a base for trials of its parameters. */
export function examplesOf(world: World, route: string): readonly Example[] {
  const w = world;
  const path = Object.fromEntries([
    ['customer', w.customer],
    ['payment_method', w.card],
    ['intent', route.includes('setup') ? w.setup : w.intent],
    ['charge', w.charge],
    ['refund', w.refund],
    ['dispute', w.dispute],
    ['price', w.monthly],
    ['plan', w.plan],
    ['coupon', w.coupon],
    ['promotion_code', w.code],
    ['session', w.session],
    ['item', w.item],
    ['invoice', w.draft],
    ['invoiceitem', w.invoiceItem],
    ['configuration', w.configuration],
    ['endpoint', w.endpoint],
    ['test_clock', w.clockId],
    ['id', idFor(w, route)],
  ]);
  return (examples[route]?.(w) ?? [{}]).map((example) => ({
    ...example,
    path: { ...path, ...example.path },
  }));
}

function idFor(w: World, route: string): string {
  if (route.includes('/sources/')) return w.source;
  if (route.includes('/products/')) return w.product;
  if (route.includes('/subscriptions/')) return w.active;
  if (route.includes('/subscription_schedules/')) return w.schedule;
  if (route.includes('/credit_notes/')) return w.note;
  return w.event;
}
