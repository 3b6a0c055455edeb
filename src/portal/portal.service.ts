import { Injectable } from '@nestjs/common';
import type { Owner } from '#core/actor.js';
import { invalidField } from '#core/problem.js';
import { isRedirectAllowed, REDIRECT_REFUSAL, redirectRules } from '../config/redirect-url.js';
import { Settings } from '../config/settings.js';
import { CustomersService } from '../customers/customers.service.js';
import type { OperationRequest, Outcome } from '../operations/operation.js';
import { type OperationRunner, OperationsService } from '../operations/operations.service.js';
import type { PortalCommand, PortalPage } from './portal.js';
import { type PortalPlan, PortalStripe } from './portal.stripe.js';

/** Opens Stripe's customer portal for owners. */
@Injectable()
export class PortalService {
  private readonly openOperation: OperationRunner<PortalPlan, PortalPage>;

  constructor(
    operations: OperationsService,
    private readonly customers: CustomersService,
    private readonly stripe: PortalStripe,
    private readonly settings: Settings,
  ) {
    this.openOperation = operations.define<PortalPlan, PortalPage>({
      name: 'portal',
      send: (context, plan, { stripeKey }) => stripe.create(context, plan, stripeKey),
      // Stripe can't list its pages. One that nobody was given the URL of has no effect.
      find: async () => 'not-done',
      refetch: async () => ({ url: null }),
    });
  }

  /**
   * Opens a page for an owner, whose customer is created if there is none.
   *
   * @throws {Problem} `invalid-request` for a URL that customers may not be sent to, `invalid-state` for a flow that the
   *   owner's subscription or the portal's configuration does not allow
   */
  open(request: OperationRequest, owner: Owner, command: PortalCommand): Promise<Outcome<PortalPage>> {
    const { context } = request;
    return this.openOperation.run(request, async () => {
      if (!isRedirectAllowed(command.returnUrl, redirectRules(this.settings))) {
        throw invalidField('returnUrl', REDIRECT_REFUSAL);
      }
      return this.stripe.plan(context, await this.customers.ensureId(context, owner), command);
    });
  }
}
