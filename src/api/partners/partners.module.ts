import { Module } from '@nestjs/common';
import { CapturesModule } from '../../captures/captures.module.js';
import { ChargesModule } from '../../charges/charges.module.js';
import { CustomersModule } from '../../customers/customers.module.js';
import { RefundsModule } from '../../refunds/refunds.module.js';
import { SetupIntentsModule } from '../../setup-intents/setup-intents.module.js';
import { PartnerPaymentChangesController } from './payment-changes.controller.js';
import { PartnerPaymentMethodsController } from './payment-methods.controller.js';
import { PartnersController } from './partners.controller.js';

/** The API for partners' back ends. */
@Module({
  imports: [CapturesModule, ChargesModule, CustomersModule, RefundsModule, SetupIntentsModule],
  controllers: [PartnersController, PartnerPaymentMethodsController, PartnerPaymentChangesController],
})
export class PartnersApiModule {}
