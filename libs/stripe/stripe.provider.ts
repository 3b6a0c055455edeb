import { randomUUID } from 'node:crypto';
import { Inject, Injectable, Optional } from '@nestjs/common';
import type Stripe from 'stripe';
import { Clock } from '#core/clock.js';
import { type DryRun, DryRunEnd } from '#core/dry-run.js';
import { Problem } from '#core/problem.js';
import type { RequestContext } from '#core/request-context.js';
import { CallLimiter } from './call-limiter.js';
import type { HttpClient } from './bounded-http-client.js';
import { createHttpClient, createStripeClient } from './stripe-client.js';
import type { StripePage } from './pagination.js';
import type { Picked, WantedFields } from './pick-items.js';
import { pickItems } from './picking-http-client.js';
import { StripeConnection } from './stripe-connection.js';
import { STRIPE_HOOKS, type StripeHooks } from './stripe-hooks.js';
import { recordCall } from './recorded-call.js';
import { sendOnce } from './send-once-http-client.js';
import { SharedReads } from './shared-reads.js';
import { problemBesides, problemFromStripe } from './stripe-errors.js';
import { withoutStackTrace } from './without-stack-trace.js';

/** For one call, including waiting for its turn and stripe-node's retries. */
export const CALL_DEADLINE_MS = 22_000;

/** The only access to Stripe: all modules call it through here. Failures are {@link Problem}s. */
@Injectable()
export class StripeProvider {
  private readonly httpClient: HttpClient;
  private readonly client: Stripe;
  private readonly sendOnceClient: Stripe;
  private readonly pickingClients = new Map<WantedFields, Stripe>();
  private readonly reads: CallLimiter;
  private readonly writes: CallLimiter;
  private readonly shared = new SharedReads();

  constructor(
    private readonly connection: StripeConnection,
    clock: Clock,
    @Optional() @Inject(STRIPE_HOOKS) hooks?: StripeHooks,
  ) {
    this.httpClient = createHttpClient(clock, hooks);
    this.client = createStripeClient(connection, this.httpClient);
    this.sendOnceClient = createStripeClient(connection, sendOnce(this.httpClient), 0);
    this.reads = new CallLimiter(connection.limits, CALL_DEADLINE_MS);
    this.writes = new CallLimiter(connection.limits, CALL_DEADLINE_MS);
  }

  /**
   * Makes a call that changes nothing at Stripe.
   *
   * @throws {Problem} as classified by `problemBesides`
   */
  read<T extends object>(context: RequestContext, call: (stripe: Stripe) => Promise<T>): Promise<T> {
    return this.call(context, this.reads, problemBesides, () => withoutStackTrace(() => call(this.client)));
  }

  /**
   * Makes a call that changes nothing at Stripe, or waits for an equal one that is running. The result must not be
   * modified, because others may have it too.
   *
   * @param key see `readKey`
   * @throws {Problem} as classified by `problemBesides`
   */
  readShared<T extends object>(
    context: RequestContext,
    key: string,
    call: (stripe: Stripe) => Promise<T>,
  ): Promise<T> {
    return this.shared.run(key, () => this.read(context, call));
  }

  /**
   * Lists a page as {@link readShared} does, of whose items only some fields are needed.
   *
   * @param wanted a constant
   */
  listShared<Item, Wanted extends WantedFields>(
    context: RequestContext,
    key: string,
    wanted: Wanted,
    list: (stripe: Stripe) => Promise<StripePage<Item>>,
  ): Promise<StripePage<Picked<Item, Wanted>>> {
    return this.shared.run(key, () =>
      this.call(context, this.reads, problemBesides, () =>
        withoutStackTrace(
          () => list(this.pickingClient(wanted)) as Promise<StripePage<Picked<Item, Wanted>>>,
        ),
      ),
    );
  }

  /**
   * Makes a call that changes something at Stripe. A repetition under the same idempotency key changes nothing more.
   * https://docs.stripe.com/api/idempotent_requests
   *
   * @throws {DryRunEnd} in a dry run, which it ends
   * @throws {Problem} as classified by `problemFromStripe`
   */
  write<T extends object>(
    context: RequestContext,
    idempotencyKey: string,
    call: (stripe: Stripe, options: Stripe.RequestOptions) => Promise<T>,
  ): Promise<T> {
    return this.change(context, idempotencyKey, problemFromStripe, call);
  }

  /**
   * Makes a call that changes something at Stripe as {@link write} does, under a new idempotency key, as Stripe repeats a
   * failure under the same. It is not what an operation is to do: its refusal is not that of the operation.
   */
  writeBesides<T extends object>(
    context: RequestContext,
    call: (stripe: Stripe, options: Stripe.RequestOptions) => Promise<T>,
  ): Promise<T> {
    return this.change(context, randomUUID(), problemBesides, call);
  }

  private change<T extends object>(
    context: RequestContext,
    idempotencyKey: string,
    classify: (error: unknown) => Problem,
    call: (stripe: Stripe, options: Stripe.RequestOptions) => Promise<T>,
  ): Promise<T> {
    if (context.dryRun) return endDryRun(context.dryRun, (stripe) => call(stripe, {}));
    const client = context.isSentOnce ? this.sendOnceClient : this.client;
    const write = () => withoutStackTrace(() => call(client, { idempotencyKey }));
    return this.call(context, this.writes, classify, write).finally(() => this.shared.forget());
  }

  private pickingClient(wanted: WantedFields): Stripe {
    const known = this.pickingClients.get(wanted);
    if (known) return known;
    const client = createStripeClient(this.connection, pickItems(this.httpClient, wanted));
    this.pickingClients.set(wanted, client);
    return client;
  }

  private async call<T extends object>(
    context: RequestContext,
    limiter: CallLimiter,
    classify: (error: unknown) => Problem,
    call: () => Promise<T>,
  ): Promise<T> {
    try {
      const response = assertStripeObject(await limiter.run(context.caller, call));
      addRequestId(context, response);
      return response;
    } catch (error) {
      if (error instanceof Problem) throw error;
      addRequestId(context, error);
      throw classify(error);
    }
  }
}

/** Records what a call would send. */
async function endDryRun(dryRun: DryRun, call: (stripe: Stripe) => Promise<unknown>): Promise<never> {
  dryRun.calls.push(await recordCall(call));
  throw new DryRunEnd(dryRun.calls);
}

/** stripe-node treats any JSON without an `error` key as success, even a proxy's 404 page. */
function assertStripeObject<T extends object>(response: T): T {
  if (response && 'object' in response) return response;
  throw new Problem('outcome-unknown', {}, new Error('the response is not a Stripe object'));
}

function addRequestId({ stripeRequestIds }: RequestContext, result: unknown): void {
  const id = requestIdOf(result);
  if (id !== undefined) stripeRequestIds?.push(id);
}

/** Stripe's id of a call, from stripe-node's response or error. */
export function requestIdOf(result: unknown): string | undefined {
  const { lastResponse, requestId } = result as { lastResponse?: { requestId?: string }; requestId?: string };
  return lastResponse?.requestId ?? requestId;
}
