import type { Owner } from '#core/actor.js';
import { Batches } from '../database/batches.js';
import type { Database } from '../database/database.js';
import type { CustomerLookUp, OwnerCondition } from '../database/owner-condition.js';
import type { operations } from '../database/schema.js';

/** A new operation with its lease, and the owner for whom the condition has to hold. */
interface PlannedClaim {
  row: Omit<typeof operations.$inferSelect, 'plan'>;
  owner: Owner;
  paymentMethodId: string;
  /** Makes the plan as it is stored, but without the customer. */
  encrypted: () => object;
}

/**
 * $1 is an array of operations, the others are the parameters of the condition. Those without a customer are left out. The
 * condition is evaluated for all of them before the first one is inserted, because they are sorted, so locks are taken in
 * one order. The defaults of the other columns are those of a new operation.
 */
export const claimPlanned = (customers: CustomerLookUp, { text }: OwnerCondition) => `
  with claims as (
    select * from jsonb_to_recordset($1::jsonb) as claims (
      id uuid, tenant text, user_id text, payment_method_id text, kind text, caller text, fingerprint text, plan jsonb,
      "leaseId" uuid, "leaseExpiresAt" timestamptz, "createdAt" timestamptz, traceparent text)
  ), input as (
    select * from claims join (${customers.text}) as found using (id)
  ), allowed as (${text(2)})
  insert into operations (
    id, kind, caller, fingerprint, state, plan, lease_id, lease_expires_at, retry_at, first_sent_at, created_at,
    traceparent
  )
  select
    id, kind, caller, fingerprint, 'running', plan || jsonb_build_object('customer', customer), "leaseId",
    "leaseExpiresAt", "createdAt", "createdAt", "createdAt", traceparent
  from input join allowed using (tenant, user_id)
  order by id
  on conflict do nothing
  returning lease_id as "leaseId", plan ->> 'customer' as customer`;

/** Inserts new operations with their plans, several with one statement: docs/adr/0015-speed.md. */
export class PlannedClaims {
  private readonly batches = new Map<string, Batches<PlannedClaim, string | undefined, ClaimRow>>();

  constructor(private readonly database: Database) {}

  /**
   * Inserts an operation with its owner's customer.
   *
   * @returns the customer. Undefined if the operation's id exists already, there is no customer, or the condition does not
   *   hold; nothing is stored then.
   */
  add(
    customers: CustomerLookUp,
    condition: OwnerCondition,
    claim: PlannedClaim,
  ): Promise<string | undefined> {
    const name = `${customers.name}-${condition.name}`;
    const known = this.batches.get(name);
    if (known) return known.add(claim);
    const statement = {
      name: `operations-claim-planned-${name}`,
      text: claimPlanned(customers, condition),
    };
    const batches = new Batches<PlannedClaim, string | undefined, ClaimRow>(
      (claims) => this.insert(statement, claims, condition.values()),
      {
        runningMax: 2,
        prepare: rowOf,
        keyOf: ({ owner }) => JSON.stringify([owner.tenant, owner.userId]),
      },
    );
    this.batches.set(name, batches);
    return batches.add(claim);
  }

  private async insert(
    statement: { name: string; text: string },
    claims: readonly ClaimRow[],
    values: readonly unknown[],
  ): Promise<(string | undefined)[]> {
    const { rows } = await this.database.$client.query<{ leaseId: string; customer: string }>({
      ...statement,
      values: [JSON.stringify(claims), ...values],
    });
    // Another attempt at the same operation may have been faster.
    const customers = new Map(rows.map(({ leaseId, customer }) => [leaseId, customer]));
    return claims.map(({ leaseId }) => customers.get(leaseId));
  }
}

type ClaimRow = ReturnType<typeof rowOf>;

/** What the statement reads of a claim. */
function rowOf({ row, owner, paymentMethodId, encrypted }: PlannedClaim) {
  const { id, kind, caller, fingerprint, leaseId, leaseExpiresAt, createdAt, traceparent } = row;
  const { tenant, userId } = owner;
  const plan = encrypted();
  return {
    id,
    kind,
    caller,
    fingerprint,
    plan,
    leaseId,
    leaseExpiresAt,
    createdAt,
    traceparent,
    tenant,
    user_id: userId,
    payment_method_id: paymentMethodId,
  };
}
