import { Context } from '../../context.js';
import { nextDue, perform } from '../../due.js';
import { StripeFailure, type ErrorBody } from '../../http/errors.js';
import type { Form } from '../../http/form.js';
import { readParams } from '../../http/params.js';
import type { Route } from '../../http/route.js';
import { LATEST_VERSION } from '../../http/versions.js';
import { dueWork } from '../../nouns/due-work.js';
import { emit } from '../../nouns/reactions.js';
import { objectOf } from '../../store/collection-names.js';
import type { Bench } from '../support.js';

/** A request of a route, and what happens after it. */
export interface Example {
  /** The values in its path. */
  path?: Record<string, string>;
  /** As it is sent. */
  form?: string;
  version?: string;
  /** What shows the effect of a parameter that the reply does not show yet. */
  after?: (ctx: Context, reply: never) => unknown;
  /** Whether the request is to be refused, as an effect of what it has. */
  isRefused?: boolean;
  /** Whether refusals of other values count as their effect: of what is only compared with something. */
  compares?: boolean;
  /** How many days pass at last. */
  days?: number;
}

/** What came of a trial: all that it shows and changes, or why the request was refused. */
export interface Outcome {
  seen: string;
  /** The ids in a list. */
  ids?: string[];
  refusal?: ErrorBody;
}

const DAY_SECONDS = 24 * 60 * 60;

/** Tries a request, tells what it shows and changes, and takes it back. */
export function tryOut({ sandbox, clock }: Bench, route: Route, example: Example, form: Form): Outcome {
  const { store } = sandbox;
  const version = example.version ?? LATEST_VERSION;
  const cause = { requestId: 'req_trial', idempotencyKey: null, version };
  const contextAt = (nowMs: number): Context =>
    new Context({
      store,
      clock: { nowMs: () => nowMs },
      emit,
      cause,
      origin: sandbox.url,
      accountVersion: LATEST_VERSION,
    });
  const outcome: Outcome = { seen: '' };
  const shown: unknown[] = [];
  try {
    const ctx = contextAt(clock.nowMs());
    const { expand: expanded = [], ...params } = readParams(route.params, form, {
      version,
    });
    const reply = route.handle({ ctx, params, path: example.path ?? {}, expanded });
    if ('data' in reply && Array.isArray(reply.data))
      outcome.ids = (reply.data as { id: string }[]).map(({ id }) => id);
    shown.push(structuredClone(reply), example.after?.(ctx, reply as never));
    const end = Math.floor(clock.nowMs() / 1000) + (example.days ?? 0) * DAY_SECONDS;
    for (;;) {
      const task = example.days ? nextDue(store, null, end) : undefined;
      if (!task) break;
      perform(contextAt(task.created * 1000), task, dueWork);
    }
  } catch (error) {
    if (!(error instanceof StripeFailure)) throw error;
    outcome.refusal = error.body;
    shown.push(error.body);
  } finally {
    outcome.seen = JSON.stringify([shown, takeBack(sandbox.store, cause)]);
  }
  return outcome;
}

/** Takes back what was not committed. @returns what of it others can see */
function takeBack(
  store: Bench['sandbox']['store'],
  cause: ConstructorParameters<typeof Context>[0]['cause'],
) {
  const changed = new Map<string, unknown>();
  try {
    store.commit((changes) => {
      for (const { collection, id } of changes) {
        if (objectOf[collection])
          changed.set(`${collection} ${id}`, store.collection(collection).get(id) ?? null);
      }
      throw new TakenBack();
    }, cause);
  } catch (error) {
    if (!(error instanceof TakenBack)) throw error;
  }
  return JSON.parse(JSON.stringify([...changed])) as unknown;
}

class TakenBack extends Error {}
