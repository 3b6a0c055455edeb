import { Module } from '@nestjs/common';
import { CardTestingBrake } from './card-testing-brake.service.js';
import { CardTestingStore } from './card-testing.store.js';
import { FailedCredentials } from './failed-credentials.service.js';
import { RateLimits } from './rate-limits.service.js';

/** How much callers may do: the rate limits, also of failed credentials, and the brake against card testing. */
@Module({
  providers: [CardTestingBrake, CardTestingStore, FailedCredentials, RateLimits],
  exports: [CardTestingBrake, FailedCredentials, RateLimits],
})
export class LimitsModule {}
