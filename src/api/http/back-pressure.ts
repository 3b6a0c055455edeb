import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { Problem } from '#core/problem.js';
import type { LoopDelay } from '../../metrics/event-loop-delay.js';
import { EarlyRefusal } from './early-refusal.js';
import { isOfCaller, isProbeOrPreflight } from './early-route.js';
import { mayHaveLongBody } from './long-body.js';
import { onceEnded } from './request-end.js';
import type { RunningRequests } from './running-requests.js';
import { isAmbiguous } from './unambiguous-request.js';
import type { RequestHead } from './whole-request.js';

/**
 * So many requests of callers run at any delay, and as many others: a loop that other processes keep late would
 * otherwise refuse all, and do nothing.
 */
const RUNNING_MIN = 16;
const LOGGED_EVERY_MS = 10_000;

/** What there is too much of. */
export type Pressure = 'event-loop' | 'running-requests';

/** The delay of the event loop, and how much of it is too much. */
export interface LoopPressure {
  delay: LoopDelay;
  /** From this delay on, all requests are refused but for the few that always run, and none below half of it. */
  delayMaxMs: number;
}

/** What a {@link BackPressure} decides by, and whom it tells. */
export interface PressureOptions {
  /** Undefined if the delay does not matter. */
  loop: LoopPressure | undefined;
  running: RunningRequests;
  /** Origins whose pages may read the refusal. */
  origins: readonly string[];
  /** Called for each refused request. */
  onRefused: ((pressure: Pressure) => void) | undefined;
  /** Called after refusals, at most every ten seconds. */
  warn: (text: string) => void;
}

/**
 * Refuses requests with 503 `unavailable` while too many run, or while the event loop is late. The share that the loop
 * refuses grows with its delay, so that the process has always enough to do, and never more than it can finish in time. A
 * refusal costs a small part of a request: it comes before Fastify, and mostly before Node's HTTP parser, is not
 * authenticated, and has no log line of its own.
 *
 * Probes of an orchestrator are always answered, because a restart would make it worse. So are preflights of browsers,
 * which could not read a refusal: https://fetch.spec.whatwg.org/#cors-preflight-fetch
 */
export class BackPressure {
  private readonly refusal: EarlyRefusal;
  /** The refusals that the delay asks for and that were not made yet. */
  private due = 0;
  /** Whether the request that is being parsed has been decided about. */
  private isDecided = false;
  private readonly ofCallers = new Admitted();
  private readonly ofStrangers = new Admitted();
  private refusedCount = 0;
  private loggedMs = -Infinity;

  constructor(private readonly options: PressureOptions) {
    this.refusal = new EarlyRefusal(options.origins);
  }

  /** Requests that have not ended, but for those that are always answered. */
  get runningCount(): number {
    return this.ofCallers.count + this.ofStrangers.count;
  }

  /**
   * The bytes that refuse a request which Node's HTTP parser has not seen; undefined if it is not refused yet.
   *
   * @param parse gives it to the parser, which reads all of it at once
   */
  refuseUnparsed(request: RequestHead, parse: () => void): string | undefined {
    if (this.refuses(request)) return this.refusal.bytes(request);
    this.isDecided = true;
    parse();
    // Node may have refused it by itself.
    this.isDecided = false;
    return undefined;
  }

  /** Makes a handler refuse requests. */
  guard(handler: RequestListener): RequestListener {
    return (request, response) => {
      if (!this.isDecided && this.refuses(request)) {
        this.refusal.send(request, response, mayHaveLongBody(request.headers) || isAmbiguous(request));
      } else {
        if (!isProbeOrPreflight(request)) this.admit(request, response);
        handler(request, response);
      }
    };
  }

  /**
   * Counts a request of an authenticated caller among those that run.
   *
   * @throws {Problem} `unavailable` if too many do
   */
  start(caller: string, request: IncomingMessage, response: ServerResponse): void {
    if (this.options.running.start(caller, request, response)) return;
    this.countRefused('running-requests');
    throw new Problem('unavailable');
  }

  private admit(request: IncomingMessage, response: ServerResponse): void {
    this.admittedLike(request).add(request, response);
    this.options.running.startKnown(request, response);
  }

  private refuses(request: RequestHead): boolean {
    const pressure = isProbeOrPreflight(request) ? undefined : this.pressureOn(request);
    if (pressure) this.countRefused(pressure);
    return pressure !== undefined;
  }

  private pressureOn(request: RequestHead): Pressure | undefined {
    if (this.options.running.isFullFor(request)) return 'running-requests';
    return this.admittedLike(request).count >= RUNNING_MIN && this.isRefusalDue() ? 'event-loop' : undefined;
  }

  private admittedLike(request: RequestHead): Admitted {
    return isOfCaller(request) ? this.ofCallers : this.ofStrangers;
  }

  private countRefused(pressure: Pressure): void {
    this.options.onRefused?.(pressure);
    this.refusedCount += 1;
    const nowMs = performance.now();
    if (nowMs - this.loggedMs < LOGGED_EVERY_MS) return;
    const delayMs = Math.round(this.options.loop?.delay.averageMs ?? 0);
    this.options.warn(
      `Refused ${this.refusedCount} requests: ${this.runningCount} run, and the event loop is ${delayMs} ms late`,
    );
    this.loggedMs = nowMs;
    this.refusedCount = 0;
  }

  private isRefusalDue(): boolean {
    if (!this.options.loop) return false;
    const { delay, delayMaxMs } = this.options.loop;
    const share = Math.min((2 * delay.averageMs) / delayMaxMs - 1, 1);
    if (share <= 0) return false;
    this.due += share;
    if (this.due < 1) return false;
    this.due -= 1;
    return true;
  }
}

/** Requests that have not ended. */
class Admitted {
  count = 0;
  private readonly onEnd = () => {
    this.count -= 1;
  };

  add(request: IncomingMessage, response: ServerResponse): void {
    this.count += 1;
    onceEnded(request, response, this.onEnd);
  }
}
