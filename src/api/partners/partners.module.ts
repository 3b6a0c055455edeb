import { Module } from '@nestjs/common';
import { ChargesModule } from '../../charges/charges.module.js';
import { CustomersModule } from '../../customers/customers.module.js';
import { SetupIntentsModule } from '../../setup-intents/setup-intents.module.js';
import { PartnerPaymentMethodsController } from './payment-methods.controller.js';
import { PartnersController } from './partners.controller.js';

/** The API for partners' back ends. */
@Module({ imports: [ChargesModule, CustomersModule, SetupIntentsModule], controllers: [PartnersController, PartnerPaymentMethodsController] })
export class PartnersApiModule {}
