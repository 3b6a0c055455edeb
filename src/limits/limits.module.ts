import { Module } from '@nestjs/common';
import { CardTestingBrake } from './card-testing-brake.service.js';
import { CardTestingStore } from './card-testing.store.js';

/** How much callers may do: the brake against card testing. */
@Module({ providers: [CardTestingBrake, CardTestingStore], exports: [CardTestingBrake] })
export class LimitsModule {}
