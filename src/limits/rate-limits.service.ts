import { Inject, Injectable } from '@nestjs/common';
import { type RateLimitName, RATE_LIMITS, ratesOf } from '../config/rates.js';
import { Settings } from '../config/settings.js';
import { type Database, DATABASE } from '../database/database.js';
import { RateLimiter, type RateLimitState } from './rate-limiter.js';

/** Which requests are counted together. */
export type RequestClass = 'read' | 'write' | 'admin' | 'confirm';
const CLASSES: readonly RequestClass[] = ['read', 'write', 'admin', 'confirm'];

/** A limit and what is left of it. */
export interface RateLimitUse extends RateLimitState {
  limit: number;
  windowMs: number;
}

/** The rate limits of each credential, and of the confirm page of each payment, whose link is the credential. */
@Injectable()
export class RateLimits {
  private readonly rates: ReturnType<typeof ratesOf<RateLimitName>>;
  private readonly limiters = new Map<RequestClass, RateLimiter>();

  constructor(settings: Settings, @Inject(DATABASE) database: Database) {
    this.rates = ratesOf<RateLimitName>(settings.RATE_LIMITS, RATE_LIMITS);
    if (!this.rates) return;
    for (const name of CLASSES) {
      this.limiters.set(name, new RateLimiter(name, this.rates[name], database.$client));
    }
  }

  /** Counts a request of a credential; undefined if rates are not limited. */
  async take(requestClass: RequestClass, credential: string): Promise<RateLimitUse | undefined> {
    const limiter = this.limiters.get(requestClass);
    if (!limiter || !this.rates) return undefined;
    const { count, windowMs } = this.rates[requestClass];
    const { isAllowed, remaining, resetMs } = await limiter.take(credential);
    return { isAllowed, remaining, resetMs, limit: count, windowMs };
  }
}
