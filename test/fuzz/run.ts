import fc from 'fast-check';
import { OPERATIONS } from '../support/openapi.js';
import type { Bench } from './bench.js';
import { type Exchange, faultsOf } from './check-answer.js';
import { type Draft, toRequest, validDraft } from './draft.js';
import { send } from './http.js';
import { credentials, type Mutation, mutations } from './mutations.js';
import type { Options } from './options.js';
import { Tally } from './tally.js';

/** An answer later than this is a hang, also on a busy machine. */
const DEADLINE_MS = 30_000;
const MAX_MUTATIONS = 3;

/** What came of a run. */
export interface Outcome {
  tally: Tally;
  /** A request with a wrong answer, the smallest that was found; undefined if all answers were right. */
  failure: Failure | undefined;
}

export interface Failure {
  draft: Draft;
  faults: string[];
  /** Undefined if there was no answer. */
  exchange: Exchange | undefined;
}

/** A request with a wrong answer. */
class WrongAnswer extends Error implements Failure {
  constructor(
    readonly draft: Draft,
    readonly faults: string[],
    readonly exchange: Exchange | undefined,
  ) {
    super(faults.join('; '));
  }
}

/**
 * Sends random requests one after the other, so that each call to Stripe belongs to one of them. After a wrong answer it
 * looks for the smallest request that still has one, unless it ends at once.
 *
 * @throws the reason of the aborted signal
 */
export async function run(
  bench: Bench,
  { requests, seed, endOnFailure = false }: Options & { endOnFailure?: boolean },
  stop: AbortSignal,
): Promise<Outcome> {
  const tally = new Tally();
  const property = fc.asyncProperty(drafts(bench), async (draft) => {
    if (stop.aborted) return;
    const exchange = await exchangeOf(bench, draft);
    if (exchange instanceof Error)
      throw new WrongAnswer(draft, [`no answer: ${exchange.message}`], undefined);
    tally.count(exchange);
    const faults = faultsOf(exchange);
    if (faults.length > 0) throw new WrongAnswer(draft, faults, exchange);
  });
  const { errorInstance } = await fc.check(property, { numRuns: requests, seed, endOnFailure });
  stop.throwIfAborted();
  if (errorInstance && !(errorInstance instanceof WrongAnswer)) throw errorInstance;
  return { tally, failure: errorInstance as WrongAnswer | undefined };
}

function drafts({ pool }: Bench): fc.Arbitrary<Draft> {
  const valid = fc.constantFrom(...OPERATIONS).chain((operation) => validDraft(operation, pool));
  const changes = fc.array(mutations(pool), { minLength: 1, maxLength: MAX_MUTATIONS });
  // Some stay valid, to create the states that other requests meet. Some change only the credential, because another
  // mistake would hide that a wrong one is accepted.
  const someChanges = fc.oneof(
    { arbitrary: fc.constant<Mutation[]>([]), weight: 6 },
    { arbitrary: fc.tuple(credentials()), weight: 3 },
    { arbitrary: changes, weight: 11 },
  );
  return fc.tuple(valid, someChanges).map(mutate);
}

/** Changes a copy, because fast-check uses the parts of a draft again. */
function mutate([{ operation, edits, ...draft }, changes]: [Draft, Mutation[]]): Draft {
  const copy = { operation, edits: [...edits], ...structuredClone(draft) };
  for (const { what, apply } of changes) {
    apply(copy);
    copy.changes.push(what);
  }
  return copy;
}

async function exchangeOf(bench: Bench, draft: Draft): Promise<Exchange | Error> {
  const request = toRequest(draft);
  const credential = await bench.credentials.get(draft.credential);
  if (credential !== undefined) request.headers.push(['authorization', `Bearer ${credential}`]);
  const callsBefore = bench.stripeCalls.length;
  try {
    const answer = await send(bench.service.url, request, DEADLINE_MS);
    return { draft, request, answer, credential, stripeCalls: bench.stripeCalls.slice(callsBefore) };
  } catch (error) {
    return error as Error;
  }
}
