import { Module } from '@nestjs/common';
import { CustomersModule } from '../customers/customers.module.js';
import { OperationsModule } from '../operations/operations.module.js';
import { PortalService } from './portal.service.js';
import { PortalStripe } from './portal.stripe.js';

@Module({
  imports: [CustomersModule, OperationsModule],
  providers: [PortalService, PortalStripe],
  exports: [PortalService],
})
export class PortalModule {}
