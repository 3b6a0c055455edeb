import { Injectable } from '@nestjs/common';
import { CustomersService } from '../customers/customers.service.js';
import { type EventHandler, EVENTS } from './stripe-event.js';

/** After a customer was deleted in Stripe's dashboard, its owner may get a new one. */
@Injectable()
export class CustomerEvents implements EventHandler {
  readonly kinds = ['customer'] as const;

  constructor(private readonly customers: CustomersService) {}

  handle(customerId: string): Promise<void> {
    return this.customers.forgetDeleted(EVENTS, customerId);
  }
}
