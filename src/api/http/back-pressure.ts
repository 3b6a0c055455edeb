import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { CORS_EXPOSED_HEADERS } from './cors.js';
import type { LoopDelay } from '../../metrics/event-loop-delay.js';
import { mayHaveLongBody } from './long-body.js';
import { PROBLEM_MEDIA_TYPE, problemDocument, problemHeaders } from './problem-document.js';
import { REQUEST_ID_HEADER, requestIdOf } from './request-id.js';
import { isAmbiguous } from './unambiguous-request.js';

/** So many requests run at any delay: a loop that other processes keep late would otherwise refuse all, and do nothing. */
const RUNNING_MIN = 16;
const LOGGED_EVERY_MS = 10_000;
const HEALTH = '/health/';
const PLACE_OF_ID = 'REQUEST-ID';

/** What {@link refuseUnderPressure} needs. */
export interface PressureOptions {
  delay: LoopDelay;
  /** From this delay on, all requests are refused but for the few that always run, and none below half of it. */
  delayMaxMs: number;
  /** Origins whose pages may read the refusal. */
  origins: readonly string[];
  /** Called for each refused request. */
  onRefused?: (() => void) | undefined;
  /** Called after refusals, at most every ten seconds. */
  warn: (text: string) => void;
}

/**
 * Makes a handler refuse requests while the event loop is late, with 503 `unavailable`. The share of them grows with the
 * delay, so that the process has always enough to do, and never more than it can finish in time. A refusal costs a small
 * part of a request: it comes before Fastify, is not authenticated, and has no log line of its own.
 *
 * Probes of an orchestrator are always answered, because a restart would make it worse. So are preflights of browsers,
 * which could not read a refusal: https://fetch.spec.whatwg.org/#cors-preflight-fetch
 */
export function refuseUnderPressure(handler: RequestListener, options: PressureOptions): RequestListener {
  const admission = new PressureAdmission(options);
  const refuse = refusalOf(options.origins);
  return (request, response) => {
    if (admission.admits(response) || isAlwaysAnswered(request)) return handler(request, response);
    admission.countRefused();
    return refuse(request, response);
  };
}

function isAlwaysAnswered({ url, method }: IncomingMessage): boolean {
  return method === 'OPTIONS' || url?.startsWith(HEALTH) === true;
}

class PressureAdmission {
  /** The refusals that the delay asks for and that were not made yet. */
  private due = 0;
  private runningCount = 0;
  private refusedCount = 0;
  private loggedMs = -Infinity;
  private readonly onEnd = () => {
    this.runningCount -= 1;
  };

  constructor(private readonly options: PressureOptions) {}

  /** Whether a request may run. One that may is counted until its response has ended. */
  admits(response: ServerResponse): boolean {
    if (this.runningCount >= RUNNING_MIN && this.isRefusalDue()) return false;
    this.runningCount += 1;
    response.once('close', this.onEnd);
    return true;
  }

  countRefused(): void {
    this.options.onRefused?.();
    this.refusedCount += 1;
    const nowMs = performance.now();
    if (nowMs - this.loggedMs < LOGGED_EVERY_MS) return;
    const delayMs = Math.round(this.options.delay.averageMs);
    this.options.warn(`Refused ${this.refusedCount} requests: the event loop is ${delayMs} ms late`);
    this.loggedMs = nowMs;
    this.refusedCount = 0;
  }

  private isRefusalDue(): boolean {
    const { delay, delayMaxMs } = this.options;
    const share = Math.min((2 * delay.averageMs) / delayMaxMs - 1, 1);
    if (share <= 0) return false;
    this.due += share;
    if (this.due < 1) return false;
    this.due -= 1;
    return true;
  }
}

/** Answers with the same document each time but for the id, which is made once. */
function refusalOf(origins: readonly string[]): RequestListener {
  const document = JSON.stringify(problemDocument('unavailable', {}, PLACE_OF_ID));
  const [start = '', end = ''] = document.split(PLACE_OF_ID);
  const headers = {
    ...problemHeaders('unavailable', {}),
    'Content-Type': `${PROBLEM_MEDIA_TYPE}; charset=utf-8`,
  };
  const readers: ReadonlySet<string> = new Set(origins.map((origin) => new URL(origin).origin));
  return (request, response) => {
    const id = requestIdOf(request);
    const body = `${start}${id}${end}`;
    response.writeHead(503, {
      ...headers,
      [REQUEST_ID_HEADER]: id,
      'Content-Length': Buffer.byteLength(body),
      ...corsHeaders(request, readers),
      ...((mayHaveLongBody(request.headers) || isAmbiguous(request)) && { Connection: 'close' }),
    });
    response.end(body);
  };
}

function corsHeaders({ headers: { origin } }: IncomingMessage, readers: ReadonlySet<string>) {
  if (origin === undefined || !readers.has(origin)) return undefined;
  return {
    'Access-Control-Allow-Origin': origin,
    'Access-Control-Expose-Headers': CORS_EXPOSED_HEADERS.join(', '),
    Vary: 'Origin',
  };
}
