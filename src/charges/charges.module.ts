import { Module } from '@nestjs/common';
import { ConfirmLinksModule } from '../confirm-links/confirm-links.module.js';
import { CustomersModule } from '../customers/customers.module.js';
import { LimitsModule } from '../limits/limits.module.js';
import { OperationsModule } from '../operations/operations.module.js';
import { PaymentsModule } from '../payments/payments.module.js';
import { ChargesService } from './charges.service.js';
import { ChargesStripe } from './charges.stripe.js';
import { HistoryStripe } from './history.stripe.js';

@Module({
  imports: [ConfirmLinksModule, CustomersModule, LimitsModule, OperationsModule, PaymentsModule],
  providers: [ChargesService, ChargesStripe, HistoryStripe],
  exports: [ChargesService],
})
export class ChargesModule {}
