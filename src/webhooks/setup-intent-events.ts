import { Injectable } from '@nestjs/common';
import { SetupIntentsService } from '../setup-intents/setup-intents.service.js';
import { SETUP_INTENT_EVENT_TYPES } from './event-types.js';
import type { EventHandler } from './stripe-event.js';

/** A SetupIntent that succeeds has attached its payment method: https://docs.stripe.com/payments/save-and-reuse */
@Injectable()
export class SetupIntentEvents implements EventHandler {
  readonly types = SETUP_INTENT_EVENT_TYPES;

  constructor(private readonly setupIntents: SetupIntentsService) {}

  handle(setupIntentId: string): Promise<void> {
    return this.setupIntents.rememberCard(setupIntentId);
  }
}
