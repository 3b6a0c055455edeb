import { Injectable } from '@nestjs/common';
import ipaddr from 'ipaddr.js';
import { Clock } from '#core/clock.js';
import { Problem } from '#core/problem.js';
import { setNewest } from '#core/set-newest.js';
import { type Rate, type RateLimitName, RATE_LIMITS, ratesOf } from '../config/rates.js';
import { Settings } from '../config/settings.js';

/** About 2 MB. */
const ADDRESSES_MAX = 10_000;
/** Later ones are refused unchecked, so that a flood fills no memory and the last one does not wait for long. */
const WAITING_MAX = 1_000;
/** One subscriber usually has a whole /64: https://www.rfc-editor.org/rfc/rfc6177 */
const IPV6_SUBSCRIBER_BYTES = 8;

/** The wrong credentials of one address in a window, and those that are being checked. */
interface Failures {
  count: number;
  startedAtMs: number;
}

/**
 * Slows down addresses that send many wrong credentials: theirs are checked one at a time. A good one is still accepted,
 * because other callers may have the same address. Each instance counts for itself.
 */
@Injectable()
export class FailedCredentials {
  private readonly rate: Rate | undefined;
  private readonly failures = new Map<string, Failures>();
  private waiting = 0;
  private lastCheck: Promise<unknown> = Promise.resolve();

  constructor(
    settings: Settings,
    private readonly clock: Clock,
  ) {
    this.rate = ratesOf<RateLimitName>(settings.RATE_LIMITS, RATE_LIMITS)?.failures;
  }

  /**
   * Checks a credential that an address sent.
   *
   * @param check gives undefined for a wrong credential
   * @throws {Problem} `too-many-requests` for a wrong credential of an address that has sent too many, and if too many
   *   credentials of such addresses are waiting
   */
  async check<Holder>(
    address: string,
    check: () => Promise<Holder | undefined>,
  ): Promise<Holder | undefined> {
    if (!this.rate) return check();
    const failures = this.failuresOf(subscriberOf(address), this.rate.windowMs);
    // A check that is running counts, so that a flood does not start all of its checks before the first one ends.
    failures.count += 1;
    const isOverLimit = failures.count > this.rate.count;
    let isWrong = false;
    try {
      const holder = await (isOverLimit ? this.checkInTurn(check) : check());
      isWrong = holder === undefined;
      if (isWrong && isOverLimit) throw this.refusal(failures, this.rate);
      return holder;
    } finally {
      if (!isWrong) failures.count -= 1;
    }
  }

  private checkInTurn<Holder>(check: () => Promise<Holder>): Promise<Holder> {
    if (this.waiting >= WAITING_MAX) throw new Problem('too-many-requests');
    this.waiting += 1;
    const result = this.lastCheck.then(check);
    this.lastCheck = result.catch(() => undefined).then(() => (this.waiting -= 1));
    return result;
  }

  private failuresOf(subscriber: string, windowMs: number): Failures {
    const nowMs = this.clock.now().getTime();
    const latest = this.failures.get(subscriber);
    // A clock that was set back must not make a window longer.
    if (latest && latest.startedAtMs <= nowMs && nowMs < latest.startedAtMs + windowMs) return latest;
    const failures = { count: 0, startedAtMs: nowMs };
    setNewest(this.failures, subscriber, failures, ADDRESSES_MAX);
    return failures;
  }

  private refusal({ startedAtMs }: Failures, { windowMs }: Rate): Problem {
    const remainingMs = startedAtMs + windowMs - this.clock.now().getTime();
    return new Problem('too-many-requests', {
      retryAfterSeconds: Math.max(1, Math.ceil(remainingMs / 1000)),
    });
  }
}

/** What counts as one address: for IPv6, the whole network of a subscriber. */
function subscriberOf(address: string): string {
  if (!ipaddr.isValid(address)) return address;
  const parsed = ipaddr.process(address);
  const bytes = parsed.toByteArray();
  return (parsed.kind() === 'ipv6' ? bytes.slice(0, IPV6_SUBSCRIBER_BYTES) : bytes).join('.');
}
