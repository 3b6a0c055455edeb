import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { callerName } from '#core/actor.js';
import { Problem } from '#core/problem.js';
import { findActor } from './current-actor.decorator.js';
import { mayHaveLongBody } from './long-body.js';
import type { RequestHead } from './whole-request.js';

/** For each call to Stripe that may run at once: one request that makes it, and one that waits for it. */
const REQUESTS_PER_CALL = 2;
const READS: ReadonlySet<string | undefined> = new Set(['GET', 'HEAD']);

interface Caller {
  name: string;
  running: number;
  credentials: Set<string>;
}

/**
 * The requests that run, by caller: authenticated ones that are not answered yet. More of them than can be worked on would
 * only wait longer, so the others are refused. A caller may have as many as are left for all others: one alone has half of
 * them, and a newcomer always finds some (https://doi.org/10.1109/90.664262). Reads and writes are counted apart, as their
 * calls to Stripe are.
 */
export class RunningRequests {
  private readonly reads: RunningKind;
  private readonly writes: RunningKind;
  private readonly counted = new WeakSet<IncomingMessage>();

  /** @param callsMax reads at Stripe that may run at once, and writes */
  constructor(callsMax: number) {
    this.reads = new RunningKind(REQUESTS_PER_CALL * callsMax);
    this.writes = new RunningKind(REQUESTS_PER_CALL * callsMax);
  }

  /** Whether a request must be refused, as far as that is known before it is authenticated. */
  isFullFor({ method, headers }: RequestHead): boolean {
    return this.kindOf(method).isFullFor(headers.authorization);
  }

  /** Counts a request before it is authenticated, if its credential is that of others that run. */
  startKnown(request: IncomingMessage, response: ServerResponse): void {
    const caller = this.kindOf(request.method).find(request.headers.authorization);
    if (caller) this.count(caller, request, response);
  }

  /**
   * Counts a request of an authenticated caller, unless it is counted already.
   *
   * @throws {Problem} `unavailable` if too many run
   */
  start(name: string, request: IncomingMessage, response: ServerResponse): void {
    // A response that is closed will not be closed again.
    if (this.counted.has(request) || response.destroyed) return;
    const caller = this.kindOf(request.method).admit(name, request.headers.authorization ?? '');
    this.count(caller, request, response);
  }

  private count(caller: Caller, request: IncomingMessage, response: ServerResponse): void {
    const kind = this.kindOf(request.method);
    kind.add(caller);
    this.counted.add(request);
    response.once('close', () => kind.remove(caller));
  }

  private kindOf(method: string | undefined): RunningKind {
    return READS.has(method) ? this.reads : this.writes;
  }
}

class RunningKind {
  private readonly byName = new Map<string, Caller>();
  private readonly byCredential = new Map<string, Caller>();
  private running = 0;

  constructor(private readonly max: number) {}

  find(credential = ''): Caller | undefined {
    return this.byCredential.get(credential);
  }

  isFullFor(credential?: string): boolean {
    return (this.find(credential)?.running ?? 0) >= this.max - this.running;
  }

  /** The caller of a request that may run. @throws {Problem} `unavailable` */
  admit(name: string, credential: string): Caller {
    const caller = this.byName.get(name) ?? { name, running: 0, credentials: new Set() };
    if (caller.running >= this.max - this.running) throw new Problem('unavailable');
    caller.credentials.add(credential);
    this.byName.set(name, caller);
    this.byCredential.set(credential, caller);
    return caller;
  }

  add(caller: Caller): void {
    caller.running += 1;
    this.running += 1;
  }

  remove(caller: Caller): void {
    caller.running -= 1;
    this.running -= 1;
    if (caller.running > 0) return;
    this.byName.delete(caller.name);
    for (const credential of caller.credentials) this.byCredential.delete(credential);
  }
}

/** Counts requests from when they are authenticated until they are answered. Call it after `admitRequests`. */
export function countRunning(fastify: FastifyInstance, running: RunningRequests): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    const actor = findActor(request);
    if (!actor) return done();
    try {
      running.start(callerName(actor), request.raw, reply.raw);
      return done();
    } catch (error) {
      if (mayHaveLongBody(request.headers)) void reply.header('Connection', 'close');
      return done(error as Problem);
    }
  });
}
