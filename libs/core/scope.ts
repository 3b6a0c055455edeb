/** What the credential of a partner or a service may be allowed to do. Each route names the scope that it needs. */
export const SCOPES = [
  'customers:read',
  'customers:write',
  'charges:read',
  'charges:write',
  'checkout:write',
  'subscriptions:read',
  'subscriptions:write',
  'refunds:write',
  'disputes:read',
  'disputes:write',
  'payments:read',
  /** Payments that another caller started. Without it a service acts only on its own. */
  'payments:any',
  'events:read',
  'events:manage',
  'notifications:manage',
  'operations:read',
  'keys:admin',
] as const;

export type Scope = (typeof SCOPES)[number];

/** Every scope but `keys:admin`, which is only given explicitly. */
export const DEFAULT_SCOPES: readonly Scope[] = SCOPES.filter((scope) => scope !== 'keys:admin');

/** Whether a text names one of our scopes. */
export function isScope(text: string): text is Scope {
  return (SCOPES as readonly string[]).includes(text);
}
