import { Module } from '@nestjs/common';
import { OperationsModule } from '../operations/operations.module.js';
import { CustomersService } from './customers.service.js';
import { CustomersStore } from './customers.store.js';
import { CustomersStripe } from './customers.stripe.js';

@Module({
  imports: [OperationsModule],
  providers: [CustomersService, CustomersStore, CustomersStripe],
  exports: [CustomersService],
})
export class CustomersModule {}
