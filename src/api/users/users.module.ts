import { Module } from '@nestjs/common';
import { ChargesModule } from '../../charges/charges.module.js';
import { CustomersModule } from '../../customers/customers.module.js';
import { PortalModule } from '../../portal/portal.module.js';
import { SetupIntentsModule } from '../../setup-intents/setup-intents.module.js';
import { InvoicesController } from './invoices.controller.js';
import { PaymentMethodsController } from './payment-methods.controller.js';
import { UserPortalController } from './portal.controller.js';
import { UsersController } from './users.controller.js';

/** The API for web apps acting for a signed-in user. */
@Module({
  imports: [ChargesModule, CustomersModule, PortalModule, SetupIntentsModule],
  controllers: [UsersController, PaymentMethodsController, InvoicesController, UserPortalController],
})
export class UsersApiModule {}
