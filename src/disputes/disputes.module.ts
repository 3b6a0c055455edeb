import { Module } from '@nestjs/common';
import { OperationsModule } from '../operations/operations.module.js';
import { PaymentsModule } from '../payments/payments.module.js';
import { DisputesService } from './disputes.service.js';
import { DisputesStripe } from './disputes.stripe.js';

@Module({
  imports: [OperationsModule, PaymentsModule],
  providers: [DisputesService, DisputesStripe],
  exports: [DisputesService],
})
export class DisputesModule {}
