import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Moment } from './kill-plan.js';
import type { Attempt, Outcome, PlannedRequest } from './outcome.js';

/** The instances of the service, as a client sees them. */
export interface ServerPool {
  next(turn: number): Promise<{ number: number; url: string }>;
  /** Called after each successful response. */
  killIfPlanned(instance: number, moment: Moment): boolean;
}

/** One response. */
interface Answer extends Pick<Outcome, 'status' | 'slug' | 'location' | 'body' | 'isReplayed'> {
  retryAfterMs: number;
}

const NO_ANSWER = 'no answer';
const NOTHING_HEARD = {
  status: undefined,
  slug: undefined,
  location: null,
  body: undefined,
  isReplayed: false,
} as const;
const REQUEST_TIMEOUT_MS = 30_000;
const PAUSE_MS = 250;

/** A caller that repeats a request, as callers should, until it gets a final response. */
export class Client {
  private turn: number;
  /** The number of responses, by status or problem slug. */
  readonly answerCounts = new Map<string, number>();

  constructor(
    private readonly servers: ServerPool,
    private readonly credential: string,
    private readonly giveUpAfterMs: number,
    firstServer: number,
  ) {
    this.turn = firstServer;
  }

  /** Repeats a request with the same key while it may still succeed. After `not-done` it starts again with a new key. */
  async send(request: PlannedRequest, key?: string): Promise<Outcome> {
    const giveUpAt = Date.now() + this.giveUpAfterMs;
    const attempts: Attempt[] = [];
    let attempt = newAttempt(attempts, key);
    while (Date.now() < giveUpAt) {
      const answer = await this.sendOnce(request, attempt.key);
      this.note(attempt, answer);
      if (answer?.slug === 'not-done') attempt = newAttempt(attempts);
      else if (answer && isFinal(answer)) return { request, ...answer, attempts };
      await delay(Math.max(PAUSE_MS, answer?.retryAfterMs ?? 0));
    }
    return { request, ...NOTHING_HEARD, attempts };
  }

  /** Sends a request to the next instance. Undefined if the connection failed. */
  private async sendOnce(
    { method = 'POST', path, body }: PlannedRequest,
    key: string,
  ): Promise<Answer | undefined> {
    try {
      const { number, url } = await this.servers.next(this.turn++);
      const response = await fetch(url + path, {
        method,
        headers: {
          authorization: `Bearer ${this.credential}`,
          'content-type': 'application/json',
          'idempotency-key': key,
        },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
      });
      const answer = await answerOf(response);
      if (response.ok) this.servers.killIfPlanned(number, 'after our answer');
      return answer;
    } catch {
      return undefined;
    }
  }

  private note(attempt: Attempt, answer: Answer | undefined): void {
    const what = answer ? (answer.slug ?? String(answer.status)) : NO_ANSWER;
    this.answerCounts.set(what, (this.answerCounts.get(what) ?? 0) + 1);
    if (attempt.answers.at(-1) !== what) attempt.answers.push(what);
    const operationId: unknown = answer?.body?.operationId;
    if (typeof operationId === 'string') attempt.operationId = operationId;
  }
}

/** A stored answer never changes, also if it says that the request may be repeated. */
function isFinal({ body, isReplayed }: Answer): boolean {
  return body?.retryable !== true || isReplayed;
}

function newAttempt(attempts: Attempt[], key: string = randomUUID()): Attempt {
  const attempt = { key, answers: [] };
  attempts.push(attempt);
  return attempt;
}

async function answerOf(response: Response): Promise<Answer> {
  const text = await response.text();
  const body: unknown = text ? JSON.parse(text) : undefined;
  const type = (body as { type?: string } | undefined)?.type;
  return {
    status: response.status,
    slug: type?.replace('urn:paydesk:', ''),
    location: response.headers.get('location'),
    body,
    isReplayed: response.headers.get('idempotent-replayed') === 'true',
    retryAfterMs: Number(response.headers.get('retry-after') ?? 0) * 1000,
  };
}
