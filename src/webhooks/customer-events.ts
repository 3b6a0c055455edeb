import { Injectable } from '@nestjs/common';
import { CustomersService } from '../customers/customers.service.js';
import type { EventHandler } from './stripe-event.js';

/** A customer deleted in Stripe's dashboard makes room for a new one of the same owner. */
@Injectable()
export class CustomerEvents implements EventHandler {
  readonly types = ['customer.deleted'];

  constructor(private readonly customers: CustomersService) {}

  handle(customerId: string): Promise<void> {
    return this.customers.forgetDeleted(customerId);
  }
}
