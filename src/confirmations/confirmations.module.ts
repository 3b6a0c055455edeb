import { Module } from '@nestjs/common';
import { OperationsModule } from '../operations/operations.module.js';
import { PaymentsModule } from '../payments/payments.module.js';
import { ConfirmationsService } from './confirmations.service.js';
import { ConfirmationsStripe } from './confirmations.stripe.js';
import { MerchantName } from './merchant-name.stripe.js';
import { ReplacementsStripe } from './replacements.stripe.js';

@Module({
  imports: [OperationsModule, PaymentsModule],
  providers: [ConfirmationsService, ConfirmationsStripe, MerchantName, ReplacementsStripe],
  exports: [ConfirmationsService],
})
export class ConfirmationsModule {}
