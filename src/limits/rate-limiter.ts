import type { Pool } from 'pg';
import { RateLimiterMemory, RateLimiterPostgres, type RateLimiterRes } from 'rate-limiter-flexible';
import type { Rate } from '../config/rates.js';

const TABLE = 'rate_limits';
/** An instance reports its count after every twentieth part of a limit, so that few requests cost a statement. */
const REPORTS_PER_LIMIT = 20;

/** What is left of a limit after a request. */
export interface RateLimitState {
  isAllowed: boolean;
  remaining: number;
  /** When the window ends. */
  resetMs: number;
}

/**
 * Limits the requests of each key in fixed windows. Each instance counts in memory and reports its count to PostgreSQL
 * in the background; the answer is the count of all instances. docs/adr/0010-limits.md has the exact overshoot.
 */
export class RateLimiter {
  private readonly local: RateLimiterMemory;
  private readonly unreported: RateLimiterMemory;
  private readonly shared: RateLimiterPostgres;
  private readonly reportSize: number;

  constructor(name: string, { count: points, windowMs }: Rate, pool: Pool) {
    const options = { keyPrefix: name, points, duration: windowMs / 1000 };
    this.local = new RateLimiterMemory(options);
    this.unreported = new RateLimiterMemory(options);
    // A key whose limit is used up is blocked in memory, so that a report that is still due costs no statement.
    this.shared = new RateLimiterPostgres({
      ...options,
      storeClient: pool,
      storeType: 'pool',
      tableName: TABLE,
      tableCreated: true,
      inMemoryBlockOnConsumed: points,
    });
    this.reportSize = Math.max(1, Math.floor(points / REPORTS_PER_LIMIT));
  }

  /** Counts a request. Never waits for the database. */
  async take(key: string): Promise<RateLimitState> {
    const used = await this.local.consume(key).catch(countOf);
    if (used.consumedPoints > this.local.points) return stateOf(used, false);
    const { consumedPoints } = await this.unreported.penalty(key);
    if (consumedPoints >= this.reportSize) await this.startReport(key, consumedPoints);
    return stateOf(used, true);
  }

  private async startReport(key: string, points: number): Promise<void> {
    await this.unreported.delete(key);
    void this.report(key, points);
  }

  private async report(key: string, points: number): Promise<void> {
    const total = await this.shared.consume(key, points).catch(countUnlessFailed);
    // Without the database, each instance goes on with its own count.
    if (!total || total.msBeforeNext <= 0) return;
    const [local, unreported] = await Promise.all([this.local.get(key), this.unreported.get(key)]);
    const consumed = total.consumedPoints + (unreported?.consumedPoints ?? 0);
    const isKnown = local && local.msBeforeNext > 0 && local.consumedPoints >= consumed;
    if (!isKnown) await this.local.set(key, consumed, total.msBeforeNext / 1000);
  }
}

/** The library rejects with the count of a limit that is used up. */
function countOf(rejection: unknown): RateLimiterRes {
  if (rejection instanceof Error) throw rejection;
  return rejection as RateLimiterRes;
}

function countUnlessFailed(rejection: unknown): RateLimiterRes | undefined {
  return rejection instanceof Error ? undefined : (rejection as RateLimiterRes);
}

function stateOf({ remainingPoints, msBeforeNext }: RateLimiterRes, isAllowed: boolean): RateLimitState {
  return { isAllowed, remaining: remainingPoints, resetMs: msBeforeNext };
}
