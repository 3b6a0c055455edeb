import { Module } from '@nestjs/common';
import { AccessModule } from '../../access/access.module.js';
import { WebhooksModule } from '../../webhooks/webhooks.module.js';
import { AuditController } from './audit.controller.js';
import { EventsController } from './events.controller.js';
import { KeysController } from './keys.controller.js';

/** The API for those who administer API keys and watch Stripe's events. */
@Module({
  imports: [AccessModule, WebhooksModule],
  controllers: [KeysController, AuditController, EventsController],
})
export class AdminApiModule {}
