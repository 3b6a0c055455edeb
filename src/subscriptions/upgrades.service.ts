import { Injectable } from '@nestjs/common';
import type { Owner } from '#core/actor.js';
import { Clock } from '#core/clock.js';
import { invalidField, Problem, unknownObject } from '#core/problem.js';
import type { RequestContext } from '#core/request-context.js';
import { findSubscribable } from '../config/subscribable-prices.js';
import { Settings } from '../config/settings.js';
import { OnlyPageStripe } from '../customers/only-page.stripe.js';
import type { OwnedSubscription } from '../customers/owner-subscriptions.js';
import { assertNotSubscribed, OwnerSubscriptionsService } from '../customers/owner-subscriptions.service.js';
import { CardTestingBrake } from '../limits/card-testing-brake.service.js';
import type { OperationRequest, Outcome } from '../operations/operation.js';
import { type OperationRunner, OperationsService } from '../operations/operations.service.js';
import type { SubscriptionView } from '../payments/subscription-view.js';
import { InvoicePreviewsStripe, type PriceChange } from './invoice-previews.stripe.js';
import type { UpgradeCommand, UpgradePreview } from './user-subscription.js';
import { UserSubscriptionsService } from './user-subscriptions.service.js';
import { type TargetPrice, type UpgradePlan, UserSubscriptionsStripe } from './user-subscriptions.stripe.js';

/** How long the amount of a preview can be charged. */
const PREVIEW_VALID_SECONDS = 60 * 60;
/** Clocks of instances differ by less. */
const CLOCK_SKEW_SECONDS = 60;

/** Previews and makes changes of a user's subscription to another Price. */
@Injectable()
export class UpgradesService {
  private readonly upgradeOperation: OperationRunner<UpgradePlan & { owner: Owner }, SubscriptionView>;

  constructor(
    operations: OperationsService,
    private readonly subscriptions: OwnerSubscriptionsService,
    users: UserSubscriptionsService,
    private readonly previews: InvoicePreviewsStripe,
    private readonly stripe: UserSubscriptionsStripe,
    private readonly pages: OnlyPageStripe,
    private readonly brake: CardTestingBrake,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {
    this.upgradeOperation = operations.define<UpgradePlan & { owner: Owner }, SubscriptionView>({
      name: 'subscription-upgrade',
      send: async (context, plan, { stripeKey }) => {
        await this.assertStillAllowed(context, plan, `${stripeKey}-before`);
        await stripe.update(context, plan, stripeKey);
        await this.closePages(context, plan, `${stripeKey}-after`);
        return users.refresh(context, plan.subscription);
      },
      find: async (context, plan, { stripeKey }) => {
        if (!(await stripe.hasPrice(context, plan))) return 'not-done';
        await this.closePages(context, plan, `${stripeKey}-after`);
        return { result: await users.refresh(context, plan.subscription) };
      },
      release: async (transaction, { owner }, { operationId }, { slug }) => {
        if (slug === 'card-declined') await brake.countDecline(transaction, owner, operationId);
      },
    });
  }

  /**
   * What a change to another Price costs now and afterwards.
   *
   * @throws {Problem} as {@link upgrade} does before anything is charged
   */
  async preview(context: RequestContext, owner: Owner, priceId: string): Promise<UpgradePreview> {
    const change = await this.plan(context, owner, { priceId });
    const preview = await this.previews.change(context, change);
    return { ...preview, prorationDate: new Date(change.prorationDate * 1000) };
  }

  /**
   * Changes an owner's subscription to another Price, prorated and invoiced at once. If that can't be paid, nothing changes.
   *
   * @throws {Problem} `not-found` for a Price that is not offered or without a subscription, `invalid-state` for a
   *   subscription that can't be changed or has the Price already, `already-subscribed` to the other product,
   *   `invalid-request` for the date of no preview of the last hour, `card-declined`, `authentication-required`,
   *   `too-many-attempts`
   */
  upgrade(
    request: OperationRequest,
    owner: Owner,
    command: UpgradeCommand,
  ): Promise<Outcome<SubscriptionView>> {
    return this.upgradeOperation.run(request, async ({ operationId }) => {
      const change = await this.plan(request.context, owner, command);
      await this.brake.countAttempt(owner, operationId);
      const { tenant, userId } = owner;
      return { ...this.stripe.planUpgrade(change), owner: { tenant, userId } };
    });
  }

  /** The customer may have paid on a page since the plan was made. @throws {Problem} `already-subscribed` */
  private async assertStillAllowed(
    context: RequestContext,
    plan: UpgradePlan,
    idempotencyKey: string,
  ): Promise<void> {
    const { subscription, customer, productId } = plan;
    if (customer === undefined || productId === undefined) return;
    await this.closePages(context, plan, idempotencyKey);
    await this.subscriptions.assertNoneOfCustomer(context, customer, productId, subscription);
  }

  /** Closes open pages for the product of a plan: payment on one would start a second subscription to it. */
  private async closePages(
    context: RequestContext,
    { customer, productId }: UpgradePlan,
    idempotencyKey: string,
  ): Promise<void> {
    if (customer === undefined || productId === undefined) return;
    await this.pages.closeAll(context, customer, productId, idempotencyKey);
  }

  private async plan(
    context: RequestContext,
    owner: Owner,
    { priceId, prorationDate }: UpgradeCommand,
  ): Promise<PriceChange> {
    const date = prorationDate && this.assertRecent(prorationDate);
    const price = await this.offered(context, priceId);
    const [subscription, ...others] = await this.subscriptions.requireRunning(context, owner);
    assertNotSubscribed(others, price.productId);
    const itemId = changeableItem(subscription, price);
    const { productId } = price;
    return { subscription, itemId, priceId, productId, prorationDate: this.dateIn(subscription, date) };
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

  private assertRecent(date: Date): number {
    const seconds = Math.floor(date.getTime() / 1000);
    const age = this.nowSeconds() - seconds;
    if (age > PREVIEW_VALID_SECONDS || age < -CLOCK_SKEW_SECONDS) {
      throw invalidField('prorationDate', 'must be that of a preview of the last hour');
    }
    return seconds;
  }

  /** @throws {Problem} `invalid-state` if the subscription was renewed after the preview */
  private dateIn({ periodStart }: OwnedSubscription, previewed: number | undefined): number {
    if (previewed === undefined) return Math.max(periodStart, this.nowSeconds());
    if (previewed < periodStart) throw new Problem('invalid-state');
    return previewed;
  }

  private nowSeconds(): number {
    return Math.floor(this.clock.now().getTime() / 1000);
  }
}

/** The only item of a subscription, if its Price can be changed to another. */
function changeableItem(
  { isActive, items: [item, ...others] }: OwnedSubscription,
  price: TargetPrice,
): string {
  if (!isActive || !item || others.length > 0 || item.priceId === price.id)
    throw new Problem('invalid-state');
  if (item.currency !== price.currency) {
    throw invalidField('priceId', `must be a price in ${item.currency.toUpperCase()}`);
  }
  return item.id;
}
