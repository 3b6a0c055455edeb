import { Module } from '@nestjs/common';
import { CustomersService } from './customers.service.js';
import { CustomersStore } from './customers.store.js';
import { CustomersStripe } from './customers.stripe.js';

@Module({ providers: [CustomersService, CustomersStore, CustomersStripe], exports: [CustomersService] })
export class CustomersModule {}
