import { Module } from '@nestjs/common';
import { CustomersModule } from '../customers/customers.module.js';
import { OperationsModule } from '../operations/operations.module.js';
import { SetupIntentsService } from './setup-intents.service.js';
import { SetupIntentsStripe } from './setup-intents.stripe.js';

@Module({
  imports: [CustomersModule, OperationsModule],
  providers: [SetupIntentsService, SetupIntentsStripe],
  exports: [SetupIntentsService],
})
export class SetupIntentsModule {}
