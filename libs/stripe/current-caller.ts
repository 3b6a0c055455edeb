import { AsyncLocalStorage } from 'node:async_hooks';

/** A request whose calls to Stripe count for one caller. */
export interface StripeCaller {
  name: string;
  /** Stripe's ids of the calls so far: https://docs.stripe.com/api/request_ids */
  requestIds: string[];
}

/** For calls that no request has caused, such as those of the operations worker. */
const PAYDESK = 'paydesk';

const callers = new AsyncLocalStorage<StripeCaller>();

/**
 * Makes all calls to Stripe in `work`, and in what it starts, count for a caller, with whom others share Stripe fairly.
 */
export function runForCaller<T>(caller: StripeCaller, work: () => T): T {
  return callers.run(caller, work);
}

/** The name of the caller for whom the current code runs. */
export function currentCaller(): string {
  return callers.getStore()?.name ?? PAYDESK;
}

/** Remembers Stripe's id of a call for the caller for whom the current code runs. */
export function addStripeRequestId(id: string | undefined): void {
  if (id) callers.getStore()?.requestIds.push(id);
}
