/** What can be done to an object. The part before the dot is the kind of object. */
export const AUDIT_ACTIONS = [
  'key.created',
  'key.revoked',
  'key.rotated',
  'key.guardrails-changed',
  'customer.linked',
  'customer.unlinked',
  'endpoint.created',
  'endpoint.changed',
  'endpoint.secret-rotated',
  'endpoint.disabled',
  'endpoint.deleted',
  'review.closed',
] as const;

export type AuditAction = (typeof AUDIT_ACTIONS)[number];

/** What was changed. No secrets. */
export type AuditDetails = Record<string, AuditValue>;
export type AuditValue =
  string | number | boolean | readonly string[] | { readonly [name: string]: AuditValue } | null;

/** Who makes a change, and from where. */
export interface ChangeAuthor {
  /** The name of a caller, as `callerName` gives it, or of what else makes changes. */
  caller: string;
  /** The caller's API key, if it has one. */
  keyId?: string;
  /** An IP address, or what is used instead of HTTP. */
  address: string;
}

/** The author of what was changed at Stripe first. */
export const STRIPE_AUTHOR: ChangeAuthor = { caller: 'stripe', address: 'stripe' };

/** The author of what this service changes by itself. */
export const SERVICE_AUTHOR: ChangeAuthor = { caller: 'paydesk', address: 'paydesk' };

/** One change to an object. */
export interface Change {
  action: AuditAction;
  objectId: string;
  details?: AuditDetails;
}

/** A recorded change. */
export interface AuditEntry extends Required<Change> {
  id: number;
  at: Date;
  caller: string;
  keyId: string | null;
  address: string;
}

/** Which entries to list; each property that is present must match. */
export interface AuditFilter {
  action?: AuditAction;
  objectId?: string;
  caller?: string;
  /** Inclusive. */
  from?: Date;
  /** Exclusive. */
  to?: Date;
}
