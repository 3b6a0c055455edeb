import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Moment } from './kill-plan.js';

/** What a caller knows in the end. */
export interface Told {
  /** Undefined where nobody gave it a final answer within its patience. */
  status: number | undefined;
  /** The problem's name, where it is one. */
  slug: string | undefined;
  location: string | null;
  // oxlint-disable-next-line typescript/no-explicit-any -- whatever came back
  body: any;
}

/** What a client needs to know of the service. */
export interface Servers {
  size: number;
  url(number: number): string;
  /** Is told of each final answer. */
  dies(instance: number, moment: Moment): boolean;
  log(line: string): void;
}

/** Something to be done once. */
export interface Wish {
  path: string;
  body: object;
}

const REQUEST_TIMEOUT_MS = 30_000;
const PAUSE_MS = 250;

/** A caller that repeats its request as it should, until it knows how it ended. */
export class Client {
  private turn: number;
  /** How often an answer was one of these problems. */
  readonly problems = new Map<string, number>();

  constructor(
    private readonly servers: Servers,
    private readonly credential: string,
    private readonly patienceMs: number,
    firstServer: number,
  ) {
    this.turn = firstServer;
  }

  /** The same key while a repetition may help or nothing is heard; a new one once it was not done for certain. */
  async send(wish: Wish): Promise<Told> {
    const giveUpAt = Date.now() + this.patienceMs;
    let key = randomUUID();
    let last: Told | undefined;
    while (Date.now() < giveUpAt) {
      const told = await this.ask(wish, key);
      last = told ?? last;
      if (told?.slug === 'not-done') key = randomUUID();
      else if (told && told.body?.retryable !== true) return told;
      await delay(PAUSE_MS);
    }
    this.servers.log(`gives up on ${wish.path}: ${last?.status} ${last?.slug}`);
    return { status: undefined, slug: undefined, location: null, body: undefined };
  }

  /** Undefined where the connection failed; the next server is asked the next time. */
  private async ask({ path, body }: Wish, key: string): Promise<Told | undefined> {
    const instance = this.turn++ % this.servers.size;
    try {
      const response = await fetch(this.servers.url(instance) + path, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${this.credential}`,
          'content-type': 'application/json',
          'idempotency-key': key,
        },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
      });
      const told = await toldBy(response);
      if (told.slug) this.problems.set(told.slug, (this.problems.get(told.slug) ?? 0) + 1);
      if (response.ok) this.servers.dies(instance, 'after our answer');
      const seconds = Number(response.headers.get('retry-after') ?? 0);
      await delay(seconds * 1000);
      return told;
    } catch {
      return undefined;
    }
  }
}

async function toldBy(response: Response): Promise<Told> {
  const text = await response.text();
  const body: unknown = text ? JSON.parse(text) : undefined;
  const type = (body as { type?: string } | undefined)?.type;
  return {
    status: response.status,
    slug: type?.replace('urn:paydesk:', ''),
    location: response.headers.get('location'),
    body,
  };
}
