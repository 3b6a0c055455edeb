import { Injectable } from '@nestjs/common';
import type { Owner } from '#core/actor.js';
import type { RequestContext } from '#core/request-context.js';
import { CardTestingBrake } from '../limits/card-testing-brake.service.js';
import { CustomersService } from '../customers/customers.service.js';
import { SavedCardsService } from '../customers/saved-cards.service.js';
import type { OperationRequest, Outcome } from '../operations/operation.js';
import { type OperationRunner, OperationsService } from '../operations/operations.service.js';
import type { SetupIntent } from './setup-intent.js';
import { type SetupIntentPlan, SetupIntentsStripe } from './setup-intents.stripe.js';

/** Creates SetupIntents, with which callers save cards. */
@Injectable()
export class SetupIntentsService {
  private readonly createOperation: OperationRunner<SetupIntentPlan, SetupIntent>;

  constructor(
    operations: OperationsService,
    private readonly customers: CustomersService,
    private readonly cards: SavedCardsService,
    private readonly brake: CardTestingBrake,
    private readonly stripe: SetupIntentsStripe,
  ) {
    this.createOperation = operations.define<SetupIntentPlan, SetupIntent>({
      name: 'setup-intent',
      send: (context, plan, { stripeKey }) => stripe.create(context, plan, stripeKey),
      find: (context, plan, { operationId }, sentAt) => stripe.find(context, plan, operationId, sentAt),
      refetch: (context, id) => stripe.retrieve(context, id),
    });
  }

  /**
   * Creates a SetupIntent for an owner, and the owner's customer if there is none.
   *
   * @throws {Problem} `too-many-attempts`
   */
  create(request: OperationRequest, owner: Owner): Promise<Outcome<SetupIntent>> {
    return this.createOperation.run(request, async ({ operationId }) => {
      await this.brake.countSetupIntent(request.context, owner, operationId);
      return this.stripe.plan(await this.customers.ensureId(request.context, owner), operationId);
    });
  }

  /** Remembers the card that a SetupIntent has attached to a customer. */
  async rememberCard(context: RequestContext, id: string): Promise<void> {
    const attached = await this.stripe.attachedPaymentMethod(context, id);
    if (attached) await this.cards.remember(context, attached.customer, attached.paymentMethodId);
  }
}
