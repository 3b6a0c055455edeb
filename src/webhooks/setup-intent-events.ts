import { Injectable } from '@nestjs/common';
import { SetupIntentsService } from '../setup-intents/setup-intents.service.js';
import { type EventHandler, EVENTS } from './stripe-event.js';

/** A SetupIntent that succeeds has attached its payment method: https://docs.stripe.com/payments/save-and-reuse */
@Injectable()
export class SetupIntentEvents implements EventHandler {
  readonly kinds = ['setup_intent'] as const;

  constructor(private readonly setupIntents: SetupIntentsService) {}

  handle(setupIntentId: string): Promise<void> {
    return this.setupIntents.rememberCard(EVENTS, setupIntentId);
  }
}
