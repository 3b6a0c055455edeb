import type { Actor, Owner } from '#core/actor.js';
import type { MovedAmount } from './guardrail-rules.js';
import type { Problem, ProblemExtras, ProblemSlug } from '#core/problem.js';
import type { RequestContext } from '#core/request-context.js';
import type { Transaction } from '../database/database.js';
import type { CustomerLookUp, OwnerCondition } from '../database/owner-condition.js';

/** A request that moves money, as it arrived: who asked for what, under which key. */
export interface OperationRequest {
  actor: Actor;
  context: RequestContext;
  /** Method and route, including the user in it. */
  route: string;
  /** The caller's Idempotency-Key, or a random one: a request without a key never repeats another. */
  idempotencyKey: string;
  /** The validated body. */
  body: unknown;
}

/** How an operation is identified at Stripe. */
export interface OperationIdentity {
  /** Stored in the metadata of each object that the operation creates at Stripe, so that it can be found there. */
  operationId: string;
  /** The idempotency key for Stripe. */
  stripeKey: string;
}

/**
 * How operations of one kind are done. The steps use nothing but their arguments, as any instance may run them.
 *
 * `Answer` is what the steps learn from Stripe, `Result` the part of it that is stored and answered.
 */
export interface OperationKind<Plan, Result, Answer = Result> {
  /** Stored with each operation: never change it. */
  name: string;
  /**
   * Calls Stripe with the planned parameters and `stripeKey`, so that a repetition has no second effect.
   *
   * @param sentAt when it was first sent
   */
  send(context: RequestContext, plan: Plan, identity: OperationIdentity, sentAt: Date): Promise<Answer>;
  /**
   * Looks up at Stripe whether it was done. Called when sending it again can't show that, and after a refusal that may not be the
   * outcome: of another call, of a call after a part was done, of the first of several calls if an earlier attempt may have made the
   * next one, and of our own at a later attempt.
   *
   * @param isKeyKnown whether Stripe has just said that it knows the key of a part with other parameters
   */
  find(
    context: RequestContext,
    plan: Plan,
    identity: OperationIdentity,
    sentAt: Date,
    isKeyKnown: boolean,
  ): Promise<Found<Answer> | Rest<Answer>>;
  /** The result in an answer; the answer itself by default. */
  resultOf?(answer: Answer): Result;
  /** Stores what has to outlast the operation, in the transaction that stores its result. */
  record?(
    transaction: Transaction,
    answer: Answer,
    operation: { operationId: string; caller: string },
  ): Promise<void>;
  /**
   * Stores the result and what has to outlast the operation with one statement, instead of `record`, which takes a
   * transaction of several.
   *
   * @returns false if the lease is lost; nothing is stored then
   */
  finish?(end: OperationEnd, answer: Answer): Promise<boolean>;
  /** Releases what was reserved for it, and records how it failed, in the transaction that stores its final problem. */
  release?(
    transaction: Transaction,
    plan: Plan,
    operation: { operationId: string; caller: string },
    problem: Problem,
  ): Promise<void>;
  /**
   * Whether the customer can still pay after a final problem. Then what was counted against limits of the day stays counted;
   * by default it is given back.
   */
  mayStillPay?(problem: Problem): boolean;
  /**
   * Reads the secrets of an earlier outcome from Stripe, as they are stored for a day only. Required if a result or a
   * problem has any.
   *
   * @param stripeId the id of the result, or the `paymentId` of the problem
   * @param slug of the problem
   */
  refetch?(context: RequestContext, stripeId: string, slug?: ProblemSlug): Promise<OutcomeSecrets>;
}

/** The end of an operation whose lease is still held. */
export interface OperationEnd {
  operationId: string;
  leaseId: string;
  caller: string;
  outcome: StoredOutcome;
  finishedAt: Date;
}

/** What a result or a problem has that gives access to a payment. */
export interface OutcomeSecrets {
  clientSecret?: string;
  confirmUrl?: string;
  /** Null if Stripe's page has expired. */
  url?: string | null;
}

/**
 * Works out the exact parameters for Stripe, or throws a {@link Problem}. Moves no money itself.
 *
 * @param count to be called with the money that the plan moves. Throws `limit-exceeded` if the caller's guardrails do
 *   not allow it; where it counts against a limit of the day, it is counted when the plan is stored.
 */
export type MakePlan<Plan> = (
  identity: OperationIdentity,
  count: (moved: MovedAmount) => void,
) => Promise<Plan>;

/** A plan that lacks only the owner's customer, and what has to hold when it is stored. */
export interface EarlyPlan<Plan> {
  /** Without undefined properties and dates, as another attempt reads it from JSON. */
  plan: Omit<Plan, 'customer'>;
  owner: Owner;
  paymentMethodId: string;
  /** Finds the customer to which the payment method is known to be attached. */
  customerLookUp: CustomerLookUp;
  condition: OwnerCondition;
}

/**
 * Works out the same plan as {@link MakePlan} before the operation is claimed, so that one statement looks up the customer,
 * and claims and plans the operation. If the customer or the card is not known, nothing is stored. Then, and if this throws
 * a {@link Problem}, the operation is claimed first, and `MakePlan` decides.
 */
export type MakeEarlyPlan<Plan> = (identity: OperationIdentity) => EarlyPlan<Plan>;

/** What a look-up at Stripe has proved: that it was done, that it was not, or neither. */
export type Found<Result> = { result: Result } | 'not-done' | 'unknown';

/** What a look-up has found of an operation that leaves no trace at Stripe: that at least a part of it was done. */
export interface Rest<Result> {
  /** Does what is left, if anything. Called once Stripe does nothing of it any more. @throws {Problem} `needs-review` if it can't */
  doRest(): Promise<Result>;
}

/** The answer to a request whose operation succeeded. */
export interface Outcome<Result> {
  result: Result;
  operationId: string;
  /** True if an earlier request with the same key got this answer already. */
  replayed: boolean;
}

/**
 * How an operation ended, as stored. `enc` are its encrypted secrets: null once they are deleted, absent if it has none
 * or an earlier version stored them in clear.
 */
export type StoredOutcome<Result = unknown> = { enc?: string | null } & (
  { result: Result } | { problem: { slug: ProblemSlug; extras: ProblemExtras } }
);
