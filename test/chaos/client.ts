import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Moment } from './kill-plan.js';
import type { Attempt, Told, Wish } from './told.js';

/** What a client needs to know of the service. */
export interface Servers {
  next(turn: number): Promise<{ number: number; url: string }>;
  /** Is told of each final answer. */
  dies(instance: number, moment: Moment): boolean;
}

/** One answer, its body read. */
interface Answer extends Pick<Told, 'status' | 'slug' | 'location' | 'body' | 'isReplayed'> {
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

/** A caller that repeats its request as it should, until it knows how it ended. */
export class Client {
  private turn: number;
  /** How often it heard what. */
  readonly heard = new Map<string, number>();

  constructor(
    private readonly servers: Servers,
    private readonly credential: string,
    private readonly patienceMs: number,
    firstServer: number,
  ) {
    this.turn = firstServer;
  }

  /** The same key while a repetition may help or nothing is heard; a new one once it was not done for certain. */
  async send(wish: Wish, key?: string): Promise<Told> {
    const giveUpAt = Date.now() + this.patienceMs;
    const attempts: Attempt[] = [];
    let attempt = newAttempt(attempts, key);
    while (Date.now() < giveUpAt) {
      const answer = await this.ask(wish, attempt.key);
      this.note(attempt, answer);
      if (answer?.slug === 'not-done') attempt = newAttempt(attempts);
      else if (answer && answer.body?.retryable !== true) return { wish, ...answer, attempts };
      await delay(Math.max(PAUSE_MS, answer?.retryAfterMs ?? 0));
    }
    return { wish, ...NOTHING_HEARD, attempts };
  }

  /** Undefined where the connection failed; the next server is asked the next time. */
  private async ask({ path, body }: Wish, key: string): Promise<Answer | undefined> {
    try {
      const { number, url } = await this.servers.next(this.turn++);
      const response = await fetch(url + path, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${this.credential}`,
          'content-type': 'application/json',
          'idempotency-key': key,
        },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
      });
      const answer = await answerOf(response);
      if (response.ok) this.servers.dies(number, 'after our answer');
      return answer;
    } catch {
      return undefined;
    }
  }

  private note(attempt: Attempt, answer: Answer | undefined): void {
    const what = answer ? (answer.slug ?? String(answer.status)) : NO_ANSWER;
    this.heard.set(what, (this.heard.get(what) ?? 0) + 1);
    if (attempt.answers.at(-1) !== what) attempt.answers.push(what);
    const operationId: unknown = answer?.body?.operationId;
    if (typeof operationId === 'string') attempt.operationId = operationId;
  }
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
