import { Injectable } from '@nestjs/common';
import type { Actor } from '#core/actor.js';
import type { ProblemSlug } from '#core/problem.js';
import { callerReference } from '../encryption/caller-reference.js';
import { DecryptionError, Keyring } from '../encryption/keyring.js';
import type { OutcomeSecrets, StoredOutcome } from './operation.js';
import type { OperationRow } from './operations.store.js';

const SECRETS = ['clientSecret', 'confirmUrl', 'url'] as const satisfies readonly (keyof OutcomeSecrets)[];

/** Hides what the rows of operations must not show: plans, the secrets in outcomes, and the ids of users. */
@Injectable()
export class OperationEncryption {
  constructor(private readonly keyring: Keyring) {}

  /** The caller as it is stored. */
  callerOf(actor: Actor): string {
    return callerReference(actor, this.keyring);
  }

  /** The plan as it is stored. */
  encryptPlan(id: string, plan: unknown): { enc: string } {
    return { enc: this.keyring.encrypt(JSON.stringify(plan), `${id}/plan`) };
  }

  /** The plan as it is stored, to which the statement adds the customer. Earlier versions can't decrypt it. */
  encryptEarlyPlan(id: string, plan: unknown): { enc: string } {
    return { enc: this.keyring.encrypt(JSON.stringify(plan), `${id}/plan without customer`) };
  }

  /**
   * The plan of an operation, also one that an earlier version has stored in clear, or that was never read from a row.
   *
   * @throws {DecryptionError} if its key is not in the keyring
   */
  decryptPlan({ id, plan }: OperationRow): unknown {
    if (!isEncrypted(plan)) return plan;
    const { enc, customer } = plan;
    if (customer === undefined) return JSON.parse(this.keyring.decrypt(enc, `${id}/plan`));
    const rest = JSON.parse(this.keyring.decrypt(enc, `${id}/plan without customer`)) as object;
    return { ...rest, customer };
  }

  /** The outcome as it is stored: its secrets are encrypted beside it. */
  encryptOutcome(id: string, outcome: StoredOutcome): StoredOutcome {
    const { rest, secrets } = splitSecrets('result' in outcome ? outcome.result : outcome.problem.extras);
    if (Object.keys(secrets).length === 0) return outcome;
    const enc = this.keyring.encrypt(JSON.stringify(secrets), `${id}/outcome`);
    if ('result' in outcome) return { result: rest, enc };
    return { problem: { slug: outcome.problem.slug, extras: rest }, enc };
  }

  /**
   * The outcome with its secrets.
   *
   * @param refetch reads the secrets from Stripe, if they are deleted here or their key is lost
   */
  async decryptOutcome(
    id: string,
    outcome: StoredOutcome,
    refetch: (stripeId: string, slug?: ProblemSlug) => Promise<OutcomeSecrets>,
  ): Promise<StoredOutcome> {
    if (outcome.enc === undefined) return outcome;
    const decrypted = this.decryptSecrets(id, outcome.enc);
    if ('result' in outcome) {
      const result = outcome.result as { id: string };
      return { result: { ...result, ...(decrypted ?? (await refetch(result.id))) } };
    }
    const { slug, extras } = outcome.problem;
    const secrets =
      decrypted ?? (extras.paymentId === undefined ? {} : await refetch(extras.paymentId, slug));
    return { problem: { slug, extras: { ...extras, ...secrets } } };
  }

  private decryptSecrets(id: string, enc: string | null): OutcomeSecrets | undefined {
    if (enc === null) return undefined;
    try {
      return JSON.parse(this.keyring.decrypt(enc, `${id}/outcome`)) as OutcomeSecrets;
    } catch (error) {
      if (error instanceof DecryptionError) return undefined;
      throw error;
    }
  }
}

function isEncrypted(plan: unknown): plan is { enc: string; customer?: string } {
  return typeof plan === 'object' && plan !== null && 'enc' in plan && typeof plan.enc === 'string';
}

function splitSecrets(value: unknown): { rest: object; secrets: OutcomeSecrets } {
  if (typeof value !== 'object' || value === null) return { rest: {}, secrets: {} };
  const entries = Object.entries(value);
  return {
    rest: Object.fromEntries(entries.filter((entry) => !isSecret(entry))),
    secrets: Object.fromEntries(entries.filter(isSecret)),
  };
}

function isSecret([name, content]: [string, unknown]): boolean {
  return (SECRETS as readonly string[]).includes(name) && typeof content === 'string';
}
