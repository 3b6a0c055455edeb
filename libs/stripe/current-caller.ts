import { AsyncLocalStorage } from 'node:async_hooks';

/** For calls that no request has caused, such as those of the operations worker. */
const PAYDESK = 'paydesk';

const callers = new AsyncLocalStorage<string>();

/**
 * Makes all calls to Stripe in `work`, and in what it starts, count for a caller, with whom others share Stripe fairly.
 */
export function runForCaller<T>(caller: string, work: () => T): T {
  return callers.run(caller, work);
}

/** The name of the caller for whom the current code runs. */
export function currentCaller(): string {
  return callers.getStore() ?? PAYDESK;
}
