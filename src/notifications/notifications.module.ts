import { Module } from '@nestjs/common';
import { Outbox } from './outbox.store.js';

/** Tells callers what has become of payments, also after the answer to their request. */
@Module({ providers: [Outbox], exports: [Outbox] })
export class NotificationsModule {}
