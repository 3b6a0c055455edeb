import type { IncomingMessage, ServerResponse } from 'node:http';
import { onceEnded } from './request-end.js';
import { stateOfRaw } from './request-state.js';
import type { RequestHead } from './whole-request.js';

/** For each call to Stripe that may run at once: one request that makes it, and one that waits for it. */
const SHARED_PER_CALL = 2;
/** As many as may make a call or wait for one (`libs/stripe/stripe-connection.ts`). */
const RUNNING_PER_CALL = 6;
const READS: ReadonlySet<string | undefined> = new Set(['GET', 'HEAD']);

interface Caller {
  name: string;
  running: number;
}

interface Credential {
  text: string;
  caller: Caller;
  /** Requests with it. */
  running: number;
}

/**
 * The requests that run, by caller: authenticated ones that have not ended. More of them than can be worked on would
 * only wait longer, so the others are refused. A caller may have as many as are left for all others: one alone has half of
 * them (https://doi.org/10.1109/90.664262). A caller with nothing running may always start one request, unless hundreds of
 * others have done so too: then memory is the limit. Reads and writes are counted apart, as their calls to Stripe are.
 */
export class RunningRequests {
  private readonly reads: RunningKind;
  private readonly writes: RunningKind;

  /** @param callsMax reads at Stripe that may run at once, and writes */
  constructor(callsMax: number) {
    this.reads = new RunningKind(SHARED_PER_CALL * callsMax, RUNNING_PER_CALL * callsMax);
    this.writes = new RunningKind(SHARED_PER_CALL * callsMax, RUNNING_PER_CALL * callsMax);
  }

  /**
   * Whether a request must be refused, as far as that is known before it is authenticated. One without a credential never
   * is, because it is no caller's: Stripe's events and the pages for customers do not share places with callers.
   */
  isFullFor({ method, headers: { authorization } }: RequestHead): boolean {
    if (authorization === undefined) return false;
    const kind = this.kindOf(method);
    return kind.isFullFor(kind.find(authorization)?.caller);
  }

  /** Counts a request before it is authenticated, if its credential is that of others that run. */
  startKnown(request: IncomingMessage, response: ServerResponse): void {
    const kind = this.kindOf(request.method);
    const credential = kind.find(request.headers.authorization);
    if (credential) count(kind, credential, request, response);
  }

  /** Counts a request of an authenticated caller, unless it is counted already. False if too many run. */
  start(name: string, request: IncomingMessage, response: ServerResponse): boolean {
    // Nothing will be done for a client that has gone, and its response will not be closed again.
    if (stateOfRaw(request).isCounted || response.destroyed) return true;
    const kind = this.kindOf(request.method);
    const credential = kind.admit(name, request.headers.authorization ?? '');
    if (credential) count(kind, credential, request, response);
    return credential !== undefined;
  }

  private kindOf(method: string | undefined): RunningKind {
    return READS.has(method) ? this.reads : this.writes;
  }
}

function count(
  kind: RunningKind,
  credential: Credential,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  kind.add(credential);
  stateOfRaw(request).isCounted = true;
  onceEnded(request, response, () => kind.remove(credential));
}

class RunningKind {
  private readonly callers = new Map<string, Caller>();
  private readonly credentials = new Map<string, Credential>();
  private running = 0;

  /**
   * @param sharedMax what callers share beyond their first requests
   * @param max of all together
   */
  constructor(
    private readonly sharedMax: number,
    private readonly max: number,
  ) {}

  /** A credential, if requests with it run. */
  find(text = ''): Credential | undefined {
    return this.credentials.get(text);
  }

  /** @param caller undefined if it has nothing running */
  isFullFor(caller: Caller | undefined): boolean {
    return caller ? caller.running >= this.sharedMax - this.running : this.running >= this.max;
  }

  /** The credential of a request that may run; undefined if too many do. */
  admit(name: string, text: string): Credential | undefined {
    const caller = this.callers.get(name);
    if (this.isFullFor(caller)) return undefined;
    return this.find(text) ?? { text, caller: caller ?? { name, running: 0 }, running: 0 };
  }

  add(credential: Credential): void {
    const { text, caller } = credential;
    credential.running += 1;
    caller.running += 1;
    this.running += 1;
    this.credentials.set(text, credential);
    this.callers.set(caller.name, caller);
  }

  /** Forgets what has nothing running: a caller that is never idle may have a new credential each time. */
  remove(credential: Credential): void {
    const { text, caller } = credential;
    credential.running -= 1;
    caller.running -= 1;
    this.running -= 1;
    if (credential.running === 0) this.credentials.delete(text);
    if (caller.running === 0) this.callers.delete(caller.name);
  }
}
