import { Module } from '@nestjs/common';
import { ChargesModule } from '../../charges/charges.module.js';
import { CustomersModule } from '../../customers/customers.module.js';
import { SetupIntentsModule } from '../../setup-intents/setup-intents.module.js';
import { PaymentMethodsController } from './payment-methods.controller.js';
import { UsersController } from './users.controller.js';

/** The API for web apps acting for a signed-in user. */
@Module({
  imports: [ChargesModule, CustomersModule, SetupIntentsModule],
  controllers: [UsersController, PaymentMethodsController],
})
export class UsersApiModule {}
