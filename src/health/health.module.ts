import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { DatabaseHealth } from './database.health.js';
import { ReadinessService } from './readiness.service.js';
import { StripeHealth } from './stripe.health.js';

/** What this process needs to do its work, asked. Told over HTTP by `api/health`. */
@Module({
  imports: [TerminusModule.forRoot({ logger: false })],
  providers: [DatabaseHealth, StripeHealth, ReadinessService],
  exports: [ReadinessService],
})
export class HealthModule {}
