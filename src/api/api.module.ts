import { Module } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_PIPE } from '@nestjs/core';
import { AccessModule } from '../access/access.module.js';
import { AdminApiModule } from './admin/admin.module.js';
import { LimitsModule } from '../limits/limits.module.js';
import { ConfirmApiModule } from './confirm/confirm.module.js';
import { HealthApiModule } from './health/health.module.js';
import { AccessCheck } from './http/access-check.js';
import { Admission } from './http/admission.js';
import { IdempotencyKeyGuard } from './http/idempotency-key.guard.js';
import { ProblemFilter } from './http/problem.filter.js';
import { RateLimitCheck } from './http/rate-limit.js';
import { RawBodies } from './http/raw-body.js';
import { RequestPipe } from './http/request.pipe.js';
import { UndeclaredInputGuard } from './http/undeclared-input.guard.js';
import { NotificationsApiModule } from './notifications/notifications.module.js';
import { OperationsApiModule } from './operations/operations.module.js';
import { PartnersApiModule } from './partners/partners.module.js';
import { ServicesApiModule } from './services/services.module.js';
import { UsersApiModule } from './users/users.module.js';
import { WebhooksApiModule } from './webhooks/webhooks.module.js';

/** Every route, and the admission, the guards, the pipe and the filter that apply to all of them. */
@Module({
  imports: [
    AccessModule,
    LimitsModule,
    UsersApiModule,
    PartnersApiModule,
    ServicesApiModule,
    OperationsApiModule,
    NotificationsApiModule,
    AdminApiModule,
    WebhooksApiModule,
    ConfirmApiModule,
    HealthApiModule,
  ],
  providers: [
    AccessCheck,
    RateLimitCheck,
    RawBodies,
    Admission,
    { provide: APP_GUARD, useClass: IdempotencyKeyGuard },
    { provide: APP_GUARD, useClass: UndeclaredInputGuard },
    { provide: APP_PIPE, useClass: RequestPipe },
    { provide: APP_FILTER, useClass: ProblemFilter },
  ],
})
export class ApiModule {}
