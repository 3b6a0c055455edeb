import { Injectable } from '@nestjs/common';
import type { Owner } from '#core/actor.js';
import { Clock } from '#core/clock.js';
import { invalidField, Problem, unknownObject } from '#core/problem.js';
import type { RequestContext } from '#core/request-context.js';
import { readAfterRefusal } from '#stripe/read-after-refusal.js';
import { findSubscribable } from '../config/subscribable-prices.js';
import { Settings } from '../config/settings.js';
import { OnlyPageStripe } from '../customers/only-page.stripe.js';
import type { OwnedItem, OwnedSubscription } from '../customers/owner-subscriptions.js';
import { assertNotSubscribed, OwnerSubscriptionsService } from '../customers/owner-subscriptions.service.js';
import { UpgradeClaimsStore } from '../customers/upgrade-claims.store.js';
import { CardTestingBrake } from '../limits/card-testing-brake.service.js';
import type { OperationRequest, Outcome } from '../operations/operation.js';
import { isFinal } from '../operations/operation-outcome.js';
import { type OperationRunner, OperationsService } from '../operations/operations.service.js';
import type { SubscriptionView } from '../payments/subscription-view.js';
import { InvoicePreviewsStripe, type ItemsChange } from './invoice-previews.stripe.js';
import { assertRecent, prorationSecondsOf } from './proration-date.js';
import type { ChangePreview } from './subscription-change.js';
import { assertScheduledAsPlanned, SchedulesStripe } from './schedules.stripe.js';
import { SubscriptionUpdates } from './subscription-updates.service.js';
import { hasTrace } from './traced-update.stripe.js';
import type { UpgradeCommand } from './user-subscription.js';
import {
  planOf,
  type UpdatePlan,
  type TargetPrice,
  UserSubscriptionsStripe,
} from './user-subscriptions.stripe.js';

/** A change of a user's subscription to another Price, invoiced at once. */
export interface UpgradePlan extends UpdatePlan {
  /** Earlier versions read it. */
  priceId: string;
  /** Absent from plans of earlier versions, as are `productId` and `scheduleId`. */
  customer?: string;
  productId?: string;
  /** A change that an operation has scheduled, and whose place this one takes. */
  scheduleId?: string | null;
  /** The pages for the product that were open when it was planned. Absent from plans of earlier versions. */
  pages?: string[];
}

/** A change to another Price. */
interface UpgradeChange extends ItemsChange {
  price: TargetPrice;
  scheduleId: string | null;
}

/** Previews and makes changes of a user's subscription to another Price. */
@Injectable()
export class UpgradesService {
  private readonly upgradeOperation: OperationRunner<UpgradePlan & { owner: Owner }, SubscriptionView>;

  constructor(
    private readonly operations: OperationsService,
    private readonly subscriptions: OwnerSubscriptionsService,
    private readonly updates: SubscriptionUpdates,
    private readonly schedules: SchedulesStripe,
    private readonly previews: InvoicePreviewsStripe,
    private readonly stripe: UserSubscriptionsStripe,
    private readonly pages: OnlyPageStripe,
    private readonly claims: UpgradeClaimsStore,
    private readonly brake: CardTestingBrake,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {
    this.upgradeOperation = operations.define<UpgradePlan & { owner: Owner }, SubscriptionView>({
      name: 'subscription-upgrade',
      send: async (context, plan, { operationId, stripeKey }, sentAt) => {
        const current = await stripe.retrieve(context, plan.subscription);
        // An attempt before this one may have charged the customer. Whatever has changed since, that is an upgrade.
        if (!hasTrace(current, plan, operationId)) {
          const pageIds = await this.pagesFor(context, plan);
          try {
            assertScheduledAsPlanned(current, plan.scheduleId);
            await this.assertStillAllowed(context, plan, pageIds);
            await stripe.update(context, plan, stripeKey);
          } catch (error) {
            throw await this.withClosedPages(context, plan, { pageIds, sentAt }, error);
          }
        }
        return this.finish(context, plan);
      },
      find: async (context, plan, { operationId }) => {
        const proof = await stripe.prove(context, plan, operationId);
        return proof === 'done' ? { result: await this.finish(context, plan) } : proof;
      },
      record: (transaction, _view, { operationId }) => claims.release(transaction, operationId),
      release: async (transaction, { owner }, { operationId }, { slug }) => {
        await claims.release(transaction, operationId);
        if (slug === 'card-declined') await brake.countDecline(transaction, owner, operationId);
      },
    });
  }

  /**
   * What a change to another Price costs now and afterwards.
   *
   * @throws {Problem} as {@link upgrade} does before anything is charged
   */
  async preview(context: RequestContext, owner: Owner, priceId: string): Promise<ChangePreview> {
    const change = await this.plan(context, owner, { priceId });
    const preview = await this.previews.change(context, change);
    return { ...preview, prorationDate: new Date(change.prorationDate * 1000) };
  }

  /**
   * Changes an owner's subscription to another Price, prorated and invoiced at once. If that can't be paid, nothing changes.
   *
   * @throws {Problem} `not-found` for a Price that is not offered or without a subscription, `invalid-state` for a
   *   subscription that can't be changed or has the Price already, `already-subscribed` to the other product,
   *   `invalid-request` for the date of no preview of the last hour, `subscription-scheduled` for a schedule that was made
   *   elsewhere, `in-progress` while another operation changes it or upgrades to the product, `card-declined`,
   *   `authentication-required`, `too-many-attempts`; with `closedPages` if pages for the product were closed for it
   */
  upgrade(
    request: OperationRequest,
    owner: Owner,
    command: UpgradeCommand,
  ): Promise<Outcome<SubscriptionView>> {
    return this.upgradeOperation.run(request, async ({ operationId }) => {
      const change = await this.plan(request.context, owner, command, operationId);
      await this.brake.countAttempt(request.context, owner, operationId);
      const { customer } = change.subscription;
      const { productId } = change.price;
      if (!request.context.dryRun) await this.claims.claim(operationId, customer, productId);
      // No other page is opened while the operation has its claim.
      const pages = await this.pages.openPages(request.context, customer, productId);
      const { tenant, userId } = owner;
      return { ...planUpgrade(change, operationId), pages, owner: { tenant, userId } };
    });
  }

  /** A scheduled change gives its place to this one. */
  private async finish(
    context: RequestContext,
    { subscription, scheduleId }: UpgradePlan,
  ): Promise<SubscriptionView> {
    if (scheduleId) await this.schedules.release(context, scheduleId);
    return this.updates.refresh(context, subscription);
  }

  /** The pages of a plan, and those that are open now: a plan of a restored backup lacks those that were opened since. */
  private async pagesFor(
    context: RequestContext,
    { customer, productId, pages = [] }: UpgradePlan,
  ): Promise<readonly string[]> {
    if (customer === undefined || productId === undefined) return pages;
    return [...new Set([...pages, ...(await this.pages.openPages(context, customer, productId))])];
  }

  /**
   * Closes pages for the product, as a payment on one would start a second subscription to it. What was paid by then is all.
   *
   * @throws {Problem} `already-subscribed`
   */
  private async assertStillAllowed(
    context: RequestContext,
    { subscription, customer, productId }: UpgradePlan,
    pageIds: readonly string[],
  ): Promise<void> {
    if (customer === undefined || productId === undefined) return;
    await this.pages.closeAll(context, pageIds);
    await this.subscriptions.assertNoneOfCustomer(context, customer, productId, subscription);
  }

  /** Adds to the refusal of an upgrade which pages are closed all the same, also by an earlier attempt. */
  private async withClosedPages(
    context: RequestContext,
    plan: UpgradePlan,
    { pageIds, sentAt }: { pageIds: readonly string[]; sentAt: Date },
    error: unknown,
  ): Promise<unknown> {
    if (!(error instanceof Problem) || !isFinal(error)) return error;
    const closed = async () => {
      const ids = new Set([...pageIds, ...(await this.newestLostPage(context, plan, sentAt))]);
      return this.pages.closedOf(context, [...ids]);
    };
    const closedPages = await readAfterRefusal(error, closed());
    return closedPages.length > 0 ? error.with({ closedPages }) : error;
  }

  /**
   * The newest page since the plan whose operation a restored database has lost: an earlier attempt may have closed it. Older ones
   * were closed for it. One whose operation is known was closed for another page, or for the claim before anybody got the link.
   */
  private async newestLostPage(
    context: RequestContext,
    { customer, productId }: UpgradePlan,
    sentAt: Date,
  ): Promise<readonly string[]> {
    if (customer === undefined || productId === undefined) return [];
    for (const { id, operationId } of await this.pages.pagesSince(context, customer, productId, sentAt)) {
      if (operationId !== null && !(await this.operations.isKnown(operationId))) return [id];
    }
    return [];
  }

  private async plan(
    context: RequestContext,
    owner: Owner,
    { priceId, prorationDate }: UpgradeCommand,
    operationId?: string,
  ): Promise<UpgradeChange> {
    const now = this.clock.now();
    assertRecent(prorationDate, now);
    const price = await this.offered(context, priceId);
    const [newest, ...others] = await this.subscriptions.requireRunning(context, owner);
    const subscription =
      operationId === undefined ? newest : await this.updates.claim(context, operationId, newest.id);
    assertNotSubscribed(others, price.productId);
    const { id, quantity } = changeableItem(subscription, price);
    const { scheduleId } = await this.schedules.findOwn(context, subscription);
    return {
      subscription,
      scheduleId,
      price,
      items: [{ id, price: priceId, quantity: quantity ?? 1 }],
      proration: 'now',
      at: 'now',
      prorationDate: prorationSecondsOf(subscription, prorationDate, now),
    };
  }

  /** @throws {Problem} `not-found` for a Price that users may not choose, as for one that Stripe does not know */
  private async offered(context: RequestContext, priceId: string): Promise<TargetPrice> {
    const price = await findSubscribable(priceId, this.settings.SUBSCRIBABLE_PRICES, (id) =>
      this.stripe.price(context, id),
    );
    if (!price) throw unknownObject('priceId');
    if (!price.isSellable) throw invalidField('priceId', 'must be an active recurring price');
    return price;
  }
}

function planUpgrade(change: UpgradeChange, operationId: string): UpgradePlan {
  const { price, subscription, scheduleId } = change;
  const { id: priceId, productId } = price;
  const { customer } = subscription;
  return { ...planOf(change, operationId), priceId, customer, productId, scheduleId };
}

/** The only item of a subscription, if its Price can be changed to another. */
function changeableItem(
  { isActive, items: [item, ...others] }: OwnedSubscription,
  price: TargetPrice,
): OwnedItem {
  if (!isActive || !item || others.length > 0 || item.priceId === price.id)
    throw new Problem('invalid-state');
  if (item.currency !== price.currency) {
    throw invalidField('priceId', `must be a price in ${item.currency.toUpperCase()}`);
  }
  return item;
}
