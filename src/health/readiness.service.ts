import { Injectable } from '@nestjs/common';
import { type HealthCheckResult, HealthCheckService } from '@nestjs/terminus';
import { Problem } from '#core/problem.js';
import { Clock } from '#core/clock.js';
import type { RequestContext } from '#core/request-context.js';
import { DatabaseHealth } from './database.health.js';
import { StripeHealth } from './stripe.health.js';

const CACHE_MS = 5_000;

/** Whether this process can take requests. Requests at about the same time share one check. */
@Injectable()
export class ReadinessService {
  private latest?: Promise<HealthCheckResult>;
  private expiresAtMs = 0;
  private stopped = false;

  constructor(
    private readonly health: HealthCheckService,
    private readonly database: DatabaseHealth,
    private readonly stripe: StripeHealth,
    private readonly clock: Clock,
  ) {}

  /** @throws {HttpException | Problem} 503 if PostgreSQL can't be written to, Stripe does not answer, or after {@link stop} */
  async check(context: RequestContext): Promise<HealthCheckResult> {
    if (this.stopped) throw new Problem('unavailable', { isExpected: true });
    if (this.latest && this.clock.now().getTime() < this.expiresAtMs) return this.latest;
    this.expiresAtMs = Number.POSITIVE_INFINITY;
    this.latest = this.health
      .check([() => this.database.check(), () => this.stripe.check(context)])
      .finally(() => (this.expiresAtMs = this.clock.now().getTime() + CACHE_MS));
    return this.latest;
  }

  /** Not ready from now on: the process is shutting down. */
  stop(): void {
    this.stopped = true;
  }
}
