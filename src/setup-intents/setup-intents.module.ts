import { Module } from '@nestjs/common';
import { CustomersModule } from '../customers/customers.module.js';
import { LimitsModule } from '../limits/limits.module.js';
import { OperationsModule } from '../operations/operations.module.js';
import { SetupIntentsService } from './setup-intents.service.js';
import { SetupIntentsStripe } from './setup-intents.stripe.js';

@Module({
  imports: [CustomersModule, LimitsModule, OperationsModule],
  providers: [SetupIntentsService, SetupIntentsStripe],
  exports: [SetupIntentsService],
})
export class SetupIntentsModule {}
