import { Module } from '@nestjs/common';
import { CardTestingBrake } from './card-testing-brake.service.js';
import { CardTestingStore } from './card-testing.store.js';
import { RateLimits } from './rate-limits.service.js';

/** How much callers may do: the rate limits, and the brake against card testing. */
@Module({
  providers: [CardTestingBrake, CardTestingStore, RateLimits],
  exports: [CardTestingBrake, RateLimits],
})
export class LimitsModule {}
