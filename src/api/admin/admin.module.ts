import { Module } from '@nestjs/common';
import { AccessModule } from '../../access/access.module.js';
import { OperationsModule } from '../../operations/operations.module.js';
import { WebhooksModule } from '../../webhooks/webhooks.module.js';
import { AuditController } from './audit.controller.js';
import { EventsController } from './events.controller.js';
import { KeysController } from './keys.controller.js';
import { ReviewsController } from './reviews.controller.js';

/** The API for those who administer API keys, watch Stripe's events and review operations. */
@Module({
  imports: [AccessModule, OperationsModule, WebhooksModule],
  controllers: [KeysController, AuditController, EventsController, ReviewsController],
})
export class AdminApiModule {}
