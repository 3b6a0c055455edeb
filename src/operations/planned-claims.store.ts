import type { Owner } from '#core/actor.js';
import { Batches } from '../database/batches.js';
import type { Database } from '../database/database.js';
import type { OwnerCondition } from '../database/owner-condition.js';
import type { operations } from '../database/schema.js';

/** A new operation with its lease, and the owner for whom the condition has to hold. */
interface PlannedClaim {
  row: typeof operations.$inferSelect;
  owner: Owner;
  /** Makes the plan as it is stored. */
  encrypted: () => unknown;
}

/**
 * $1 is an array of operations, the others are the parameters of the condition. The condition is evaluated for all of
 * them before the first one is inserted, because they are sorted, so locks are taken in one order. The defaults of the
 * other columns are those of a new operation.
 */
const claimPlanned = ({ text }: OwnerCondition) => `
  with input as (
    select * from jsonb_to_recordset($1::jsonb) as input (
      id uuid, tenant text, user_id text, kind text, caller text, fingerprint text, plan jsonb,
      "leaseId" uuid, "leaseExpiresAt" timestamptz, "createdAt" timestamptz, traceparent text)
  ), allowed as (${text(2)})
  insert into operations (
    id, kind, caller, fingerprint, state, plan, lease_id, lease_expires_at, retry_at, first_sent_at, created_at,
    traceparent
  )
  select
    id, kind, caller, fingerprint, 'running', plan, "leaseId", "leaseExpiresAt", "createdAt", "createdAt", "createdAt",
    traceparent
  from input join allowed using (tenant, user_id)
  order by id
  on conflict do nothing
  returning lease_id as "leaseId"`;

/** Inserts new operations with their plans, several with one statement: docs/adr/0015-speed.md. */
export class PlannedClaims {
  private readonly batches = new Map<string, Batches<PlannedClaim, boolean, ClaimRow>>();

  constructor(private readonly database: Database) {}

  /** Inserts an operation; false if its id exists already or the condition does not hold. */
  add(condition: OwnerCondition, claim: PlannedClaim): Promise<boolean> {
    const known = this.batches.get(condition.name);
    if (known) return known.add(claim);
    const batches = new Batches<PlannedClaim, boolean, ClaimRow>((rows) => this.insert(condition, rows), {
      runningMax: 2,
      prepare: rowOf,
      keyOf: ({ owner }) => JSON.stringify([owner.tenant, owner.userId]),
    });
    this.batches.set(condition.name, batches);
    return batches.add(claim);
  }

  private async insert(condition: OwnerCondition, claims: readonly ClaimRow[]): Promise<boolean[]> {
    const { rows } = await this.database.$client.query<{ leaseId: string }>({
      name: `operations-claim-planned-${condition.name}`,
      text: claimPlanned(condition),
      values: [JSON.stringify(claims), ...condition.values()],
    });
    // Another attempt at the same operation may have been faster.
    const inserted = new Set(rows.map(({ leaseId }) => leaseId));
    return claims.map(({ leaseId }) => inserted.has(leaseId));
  }
}

type ClaimRow = ReturnType<typeof rowOf>;

/** What the statement reads of a claim. */
function rowOf({ row, owner, encrypted }: PlannedClaim) {
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
  };
}
