import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import { schedule as scheduleTask } from '../../due.js';
import { failures } from '../../http/errors.js';
import { fromParam } from '../../http/lookup.js';
import { mergeMetadata } from '../../http/metadata.js';
import type { Params } from '../../http/params.js';
import { newId } from '../../store/ids.js';
import { billingModeFrom } from '../subscriptions/billing-mode.js';
import { startSubscription } from '../subscriptions/start.js';
import {
  hasEnded,
  requireSubscriber,
  saveSubscription,
  scheduleSubscription,
} from '../subscriptions/subscription.js';
import { cancelSubscription } from '../subscriptions/update.js';
import { applyPhase } from './apply-phase.js';
import type { cancelParams, createParams, updateParams } from './params.js';
import { phaseOf, type Phase, readPhases } from './phases.js';

type Schedule = Stripe.SubscriptionSchedule;

/** Source: https://docs.stripe.com/api/events/types#event_types-subscription_schedule.expiring. */
const WARNING_SECONDS = 7 * 24 * 60 * 60;

/**
 * Creates a schedule with a new subscription, which begins now or later, or for one that exists.
 * Source: https://docs.stripe.com/api/subscription_schedules/create.
 * @throws StripeFailure 400 for parameters that do not go together, or a subscription that has a schedule
 */
export function createSchedule(ctx: Context, params: Params<typeof createParams>): Schedule {
  const { customer: customerId, from_subscription, phases: given = [], start_date = 'now' } = params;
  if (from_subscription !== undefined) return scheduleExisting(ctx, from_subscription, params);
  if (customerId === undefined) throw failures.missing('customer');
  const customer = fromParam(ctx.store.customers, customerId, 'customer').id;
  const now = ctx.now(customer);
  const start = start_date === 'now' ? now : start_date;
  const phases = readPhases(ctx, given, { customer, start });
  requireSubscriber(ctx, customer, phases[0]!.currency);
  const draft = insertSchedule(ctx, params, { customer, phases, subscription: null });
  if (start <= now) return beginPhase(ctx, draft, phases[0]!);
  scheduleNext(ctx, draft);
  return draft;
}

function scheduleExisting(ctx: Context, id: string, params: Params<typeof createParams>): Schedule {
  for (const name of ['billing_mode', 'customer', 'phases', 'start_date', 'end_behavior'] as const) {
    if (params[name] === undefined) continue;
    throw failures.invalidRequest(`You can not set \`${name}\` if \`from_subscription\` is set.`, {
      param: name,
    });
  }
  const subscription = fromParam(ctx.store.subscriptions, id, 'from_subscription');
  if (subscription.schedule !== null || hasEnded(subscription)) {
    throw failures.invalidRequest(
      hasEnded(subscription)
        ? 'You cannot migrate a subscription that has ended to a subscription schedule.'
        : `You cannot migrate a subscription that is already attached to a schedule: ${subscription.schedule as string}.`,
      { param: 'from_subscription' },
    );
  }
  const customer = subscription.customer as string;
  const phase = phaseOf(subscription);
  const schedule = insertSchedule(ctx, params, { customer, phases: [phase], subscription });
  scheduleNext(ctx, schedule);
  saveSubscription(ctx, subscription, { schedule: schedule.id });
  return schedule;
}

/**
 * Source: https://docs.stripe.com/api/subscription_schedules/update.
 * @throws StripeFailure 400 for a schedule that is over, or phases without the current one
 */
export function updateSchedule(
  ctx: Context,
  before: Schedule,
  params: Params<typeof updateParams>,
): Schedule {
  requireOpen(before, 'update');
  const customer = before.customer as string;
  const { current_phase } = before;
  const { end_behavior = before.end_behavior } = params;
  const start = before.phases[0]!.start_date;
  const kept = new Set(before.phases.flatMap(({ items }) => items.map(({ price }) => price as string)));
  const phases = params.phases ? readPhases(ctx, params.phases, { customer, start, kept }) : before.phases;
  const current = phases.find(({ start_date }) => start_date === current_phase?.start_date);
  if (current_phase && !current) {
    throw failures.invalidRequest('The phases must contain the current phase.', { param: 'phases' });
  }
  const after = ctx.store.subscriptionSchedules.update(before.id, {
    ...(current && { current_phase: { end_date: current.end_date, start_date: current.start_date } }),
    end_behavior,
    metadata: mergeMetadata(before.metadata ?? {}, params.metadata),
    phases,
  });
  ctx.emit('subscription_schedule.updated', after, before);
  scheduleNext(ctx, after);
  const subscription = subscriptionOf(ctx, after);
  if (subscription) {
    const applied = current
      ? applyPhase(ctx, subscription, current, params.proration_behavior)
      : subscription;
    scheduleSubscription(ctx, applied);
  }
  return after;
}

/** Schedules `advanceSchedule` for a schedule's next phase, its end, or the warning before it. */
function scheduleNext(ctx: Context, { id, customer, current_phase, phases }: Schedule): void {
  const now = ctx.now(customer as string);
  const next = current_phase?.end_date ?? phases[0]!.start_date;
  const warning = phases.at(-1)!.end_date - WARNING_SECONDS;
  const at = current_phase && warning > now ? Math.min(warning, next) : next;
  scheduleTask(ctx, 'subscriptionSchedules', id, { at, customer: customer as string });
}

/** Warns that a schedule will end, begins the next phase of one whose time has come, or ends it. */
export function advanceSchedule(ctx: Context, id: string): void {
  const schedule = ctx.store.subscriptionSchedules.get(id);
  if (!schedule || !['active', 'not_started'].includes(schedule.status)) return;
  const now = ctx.now(schedule.customer as string);
  if (now < (schedule.current_phase?.end_date ?? now)) {
    ctx.emit('subscription_schedule.expiring', schedule);
    scheduleNext(ctx, schedule);
    const subscription = subscriptionOf(ctx, schedule);
    // Its task must come after the schedule's, as in `beginPhase`.
    if (subscription) scheduleSubscription(ctx, subscription);
    return;
  }
  const next = schedule.phases.find(({ end_date }) => end_date > now);
  if (next) beginPhase(ctx, schedule, next);
  else completeSchedule(ctx, schedule);
}

function completeSchedule(ctx: Context, schedule: Schedule): void {
  if (schedule.end_behavior !== 'cancel') {
    releaseSchedule(ctx, schedule);
    return;
  }
  const subscription = subscriptionOf(ctx, schedule);
  const completed_at = ctx.now(schedule.customer as string);
  const after = ctx.store.subscriptionSchedules.update(schedule.id, {
    completed_at,
    current_phase: null,
    status: 'completed',
  });
  ctx.emit('subscription_schedule.completed', after);
  if (subscription) cancelSubscription(ctx, subscription, {});
}

function beginPhase(ctx: Context, before: Schedule, phase: Phase): Schedule {
  const { start_date, end_date } = phase;
  const existing = subscriptionOf(ctx, before);
  const subscription = existing ?? startPhase(ctx, before, phase);
  const after = ctx.store.subscriptionSchedules.update(before.id, {
    current_phase: { end_date, start_date },
    status: 'active',
    subscription: subscription.id,
  });
  if (existing || before.status === 'not_started') ctx.emit('subscription_schedule.updated', after, before);
  // At the end of a phase this task must come before the subscription's, which renews it.
  scheduleNext(ctx, after);
  if (existing) applyPhase(ctx, existing, phase);
  const current = ctx.store.subscriptions.get(subscription.id)!;
  if (existing) scheduleSubscription(ctx, current);
  else saveSubscription(ctx, current, { schedule: after.id });
  return after;
}

/** Without a payment method the first invoice stays open. */
function startPhase(
  ctx: Context,
  { customer: id, billing_mode }: Schedule,
  phase: Phase,
): Stripe.Subscription {
  const customer = ctx.store.customers.get(id as string)!;
  const card =
    phase.default_payment_method ??
    customer.invoice_settings.default_payment_method ??
    customer.default_source;
  return startSubscription(ctx, {
    customer: customer.id,
    items: phase.items.map(({ price, quantity = 1, metadata }) => ({
      price: ctx.store.prices.get(price as string)!,
      quantity,
      metadata: metadata ?? {},
    })),
    behavior: card ? 'allow_incomplete' : 'default_incomplete',
    billing_mode: billing_mode.type === 'classic' ? { type: 'classic' } : { type: 'flexible' },
    offSession: true,
    description: phase.description,
    metadata: phase.metadata ?? {},
    settings: { default_payment_method: phase.default_payment_method as string | null },
  });
}

/**
 * Ends a schedule and leaves its subscription as it is.
 * Source: https://docs.stripe.com/api/subscription_schedules/release.
 * @throws StripeFailure 400 for a schedule that is over
 */
export function releaseSchedule(ctx: Context, before: Schedule): Schedule {
  requireOpen(before, 'release');
  const subscription = subscriptionOf(ctx, before);
  const after = ctx.store.subscriptionSchedules.update(before.id, {
    current_phase: null,
    released_at: ctx.now(before.customer as string),
    released_subscription: subscription?.id ?? null,
    status: 'released',
    subscription: null,
  });
  scheduleTask(ctx, 'subscriptionSchedules', after.id, { at: null });
  if (subscription) saveSubscription(ctx, subscription, { schedule: null });
  ctx.emit('subscription_schedule.released', after);
  return after;
}

/**
 * Ends a schedule and its subscription.
 * Source: https://docs.stripe.com/api/subscription_schedules/cancel.
 * @throws StripeFailure 400 for a schedule that is over
 */
export function cancelSchedule(
  ctx: Context,
  before: Schedule,
  { invoice_now = true, prorate = true }: Params<typeof cancelParams>,
): Schedule {
  requireOpen(before, 'cancel');
  const subscription = subscriptionOf(ctx, before);
  const after = markCanceled(ctx, before);
  if (subscription && !hasEnded(subscription))
    cancelSubscription(ctx, subscription, { invoice_now, prorate });
  return after;
}

/**
 * Cancels the schedule of a subscription that has ended. Without a payment it is aborted:
 * https://docs.stripe.com/api/events/types#event_types-subscription_schedule.aborted.
 */
export function cancelScheduleOf(
  ctx: Context,
  { cancellation_details, schedule }: Stripe.Subscription,
): void {
  const found = ctx.store.subscriptionSchedules.get((schedule as string | null) ?? '');
  const isDelinquent = cancellation_details?.reason === 'payment_failed';
  if (found?.status === 'active') markCanceled(ctx, found, isDelinquent ? 'aborted' : 'canceled');
}

function markCanceled(
  ctx: Context,
  { id, customer }: Schedule,
  event: 'aborted' | 'canceled' = 'canceled',
): Schedule {
  const after = ctx.store.subscriptionSchedules.update(id, {
    canceled_at: ctx.now(customer as string),
    current_phase: null,
    status: 'canceled',
  });
  scheduleTask(ctx, 'subscriptionSchedules', id, { at: null });
  ctx.emit(`subscription_schedule.${event}`, after);
  return after;
}

const subscriptionOf = ({ store }: Context, { subscription }: Schedule): Stripe.Subscription | undefined =>
  store.subscriptions.get((subscription as string | null) ?? '');

function requireOpen({ status }: Schedule, action: string): void {
  if (status === 'active' || status === 'not_started') return;
  throw failures.invalidRequest(
    `You cannot ${action} a subscription schedule that is currently in the \`${status}\` status. It must be in \`not_started\` or \`active\`.`,
  );
}

function insertSchedule(
  ctx: Context,
  { billing_mode, end_behavior = 'release', metadata }: Params<typeof createParams>,
  about: { customer: string; phases: Phase[]; subscription: Stripe.Subscription | null },
): Schedule {
  const { customer, phases, subscription } = about;
  const created = ctx.now(customer);
  const [{ start_date, end_date }] = phases as [Phase];
  const schedule = ctx.store.subscriptionSchedules.insert({
    id: newId('subscriptionSchedule'),
    object: 'subscription_schedule',
    application: null,
    billing_mode: subscription?.billing_mode ?? billingModeFrom(ctx, billing_mode, created),
    canceled_at: null,
    completed_at: null,
    created,
    current_phase: subscription ? { end_date, start_date } : null,
    customer,
    customer_account: null,
    default_settings: {
      application_fee_percent: null,
      automatic_tax: { disabled_reason: null, enabled: false, liability: null },
      billing_cycle_anchor: 'automatic',
      billing_thresholds: null,
      collection_method: 'charge_automatically',
      default_payment_method: (subscription?.default_payment_method as string | null | undefined) ?? null,
      description: subscription?.description ?? null,
      invoice_settings: {
        account_tax_ids: null,
        custom_fields: null,
        days_until_due: null,
        description: null,
        footer: null,
        issuer: { type: 'self' },
      },
      on_behalf_of: null,
      transfer_data: null,
    },
    end_behavior,
    livemode: false,
    metadata: mergeMetadata({}, metadata),
    pause_schedules: [],
    phases,
    released_at: null,
    released_subscription: null,
    status: subscription ? 'active' : 'not_started',
    subscription: subscription?.id ?? null,
    test_clock: ctx.store.customers.get(customer)!.test_clock ?? null,
  });
  ctx.emit('subscription_schedule.created', schedule);
  return schedule;
}
