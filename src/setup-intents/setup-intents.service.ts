import { Injectable } from '@nestjs/common';
import type { Owner } from '../core/actor.js';
import { CustomersService } from '../customers/customers.service.js';
import type { OperationRequest, Outcome } from '../operations/operation.js';
import { OperationsService } from '../operations/operations.service.js';
import type { SetupIntent } from './setup-intent.js';
import { SetupIntentsStripe } from './setup-intents.stripe.js';

/** Saving cards. */
@Injectable()
export class SetupIntentsService {
  constructor(
    private readonly operations: OperationsService,
    private readonly customers: CustomersService,
    private readonly stripe: SetupIntentsStripe,
  ) {}

  /** Starts saving a card for an owner, who becomes a customer by it. */
  create(request: OperationRequest, owner: Owner): Promise<Outcome<SetupIntent>> {
    return this.operations.run(request, {
      kind: 'setup-intent',
      plan: async () => this.stripe.plan(await this.customers.ensureId(owner)),
      send: (plan, stripeKey) => this.stripe.create(plan, stripeKey),
    });
  }
}
