import { Injectable } from '@nestjs/common';
import { type HealthCheckResult, HealthCheckService } from '@nestjs/terminus';
import { Clock } from '#core/clock.js';
import { DatabaseHealth } from './database.health.js';
import { StripeHealth } from './stripe.health.js';

const KEPT_MS = 5_000;

/** Whether this process can do its work, asked once for everybody who asks at about the same time. */
@Injectable()
export class ReadinessService {
  private latest?: Promise<HealthCheckResult>;
  private staleAtMs = 0;

  constructor(
    private readonly health: HealthCheckService,
    private readonly database: DatabaseHealth,
    private readonly stripe: StripeHealth,
    private readonly clock: Clock,
  ) {}

  /** @throws {HttpException} 503 where PostgreSQL or Stripe is away */
  check(): Promise<HealthCheckResult> {
    if (this.latest && this.clock.now().getTime() < this.staleAtMs) return this.latest;
    this.staleAtMs = Number.POSITIVE_INFINITY;
    this.latest = this.health
      .check([() => this.database.check(), () => this.stripe.check()])
      .finally(() => (this.staleAtMs = this.clock.now().getTime() + KEPT_MS));
    return this.latest;
  }
}
