import { Module } from '@nestjs/common';
import { ChargesModule } from '../../charges/charges.module.js';
import { CheckoutModule } from '../../checkout/checkout.module.js';
import { CustomersModule } from '../../customers/customers.module.js';
import { PortalModule } from '../../portal/portal.module.js';
import { SetupIntentsModule } from '../../setup-intents/setup-intents.module.js';
import { SubscriptionsModule } from '../../subscriptions/subscriptions.module.js';
import { InvoicesController } from './invoices.controller.js';
import { PaymentMethodsController } from './payment-methods.controller.js';
import { UserPortalController } from './portal.controller.js';
import { UserSubscriptionsController } from './subscriptions.controller.js';
import { UsersController } from './users.controller.js';

/** The API for web apps acting for a signed-in user. */
@Module({
  imports: [
    ChargesModule,
    CheckoutModule,
    CustomersModule,
    PortalModule,
    SetupIntentsModule,
    SubscriptionsModule,
  ],
  controllers: [
    UsersController,
    PaymentMethodsController,
    InvoicesController,
    UserPortalController,
    UserSubscriptionsController,
  ],
})
export class UsersApiModule {}
