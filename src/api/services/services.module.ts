import { Module } from '@nestjs/common';
import { CapturesModule } from '../../captures/captures.module.js';
import { CheckoutModule } from '../../checkout/checkout.module.js';
import { CustomersModule } from '../../customers/customers.module.js';
import { DisputesModule } from '../../disputes/disputes.module.js';
import { PaymentsModule } from '../../payments/payments.module.js';
import { PortalModule } from '../../portal/portal.module.js';
import { RefundsModule } from '../../refunds/refunds.module.js';
import { SubscriptionsModule } from '../../subscriptions/subscriptions.module.js';
import { CapturesController } from './captures.controller.js';
import { CustomersController } from './customers.controller.js';
import { DisputesController } from './disputes.controller.js';
import { PayController } from './pay.controller.js';
import { PaymentsController } from './payments.controller.js';
import { PortalController } from './portal.controller.js';
import { RefundsController } from './refunds.controller.js';
import { StatusController } from './status.controller.js';
import { SubscriptionChangesController } from './subscription-changes.controller.js';
import { SubscriptionsController } from './subscriptions.controller.js';

/** The API for other internal services. */
@Module({
  imports: [
    CapturesModule,
    CheckoutModule,
    CustomersModule,
    DisputesModule,
    PaymentsModule,
    PortalModule,
    RefundsModule,
    SubscriptionsModule,
  ],
  controllers: [
    PayController,
    CapturesController,
    PaymentsController,
    SubscriptionChangesController,
    SubscriptionsController,
    RefundsController,
    DisputesController,
    StatusController,
    CustomersController,
    PortalController,
  ],
})
export class ServicesApiModule {}
