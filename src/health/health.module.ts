import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { DatabaseHealth } from './database.health.js';
import { ReadinessService } from './readiness.service.js';
import { StripeHealth } from './stripe.health.js';

/** Checks what this process depends on; `api/health` reports the result over HTTP. */
@Module({
  imports: [TerminusModule.forRoot({ logger: false })],
  providers: [DatabaseHealth, StripeHealth, ReadinessService],
  exports: [ReadinessService],
})
export class HealthModule {}
