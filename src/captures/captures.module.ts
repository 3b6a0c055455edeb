import { Module } from '@nestjs/common';
import { OperationsModule } from '../operations/operations.module.js';
import { PaymentsModule } from '../payments/payments.module.js';
import { CapturesService } from './captures.service.js';
import { CapturesStripe } from './captures.stripe.js';

@Module({
  imports: [OperationsModule, PaymentsModule],
  providers: [CapturesService, CapturesStripe],
  exports: [CapturesService],
})
export class CapturesModule {}
