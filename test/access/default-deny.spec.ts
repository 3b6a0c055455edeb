import { randomBytes } from 'node:crypto';
import { describe, expect } from 'vitest';
import { SCOPES, type Scope } from '#core/scope.js';
import { issueUserToken } from '../../src/access/local-issuer.js';
import { type Answer, Caller } from '../support/caller.js';
import { query } from '../support/database.js';
import { expectProblem } from '../support/expect-problem.js';
import { type Operation, OPERATIONS } from '../support/openapi.js';
import type { Paydesk } from '../support/paydesk.js';
import { paydeskTest } from '../support/paydesk-test.js';

const KINDS = ['user', 'partner', 'service'] as const;
const GUARDED = OPERATIONS.filter(({ callers }) => callers.length > 0);

const it = paydeskTest().extend('invalid', { scope: 'file' }, ({ paydesk, clock }) =>
  invalidCallers(paydesk, clock.now()),
);

describe.each(GUARDED.map((operation) => [operation.name, operation] as const))('%s', (_name, operation) => {
  it.afterEach(({ paydesk }) => paydesk.stripeCalls.splice(0));

  it('is 401 without a valid credential', async ({ paydesk, invalid }) => {
    for (const caller of [paydesk.stranger(), ...invalid]) {
      expectProblem(await send(caller, operation), 'unauthorized');
    }
    expect(paydesk.stripeCalls).toEqual([]);
  });

  it.for(KINDS.filter((kind) => !callerOf(operation, kind)))('is 403 for a %s', async (kind, { paydesk }) => {
    const caller = kind === 'user' ? await paydesk.user('alice') : await keyOf(paydesk, kind, SCOPES);
    const answer = await send(caller, operation);
    expectProblem(answer, 'forbidden');
    expect(answer.body).not.toHaveProperty('requiredScope');
    expect(paydesk.stripeCalls).toEqual([]);
  });

  it.for(keysOf(operation))('is 403 for a $kind without $scope', async ({ kind, scope }, { paydesk }) => {
    const others = SCOPES.filter((other) => other !== scope);
    const answer = await send(await keyOf(paydesk, kind, others), operation);
    expectProblem(answer, 'forbidden');
    expect(answer.body.requiredScope).toBe(scope);
    expect(paydesk.stripeCalls).toEqual([]);
  });

  it('is open to those that it declares, with no other scope', async ({ paydesk }) => {
    const callers = await Promise.all(
      keysOf(operation).map(({ kind, scope }) => keyOf(paydesk, kind, [scope])),
    );
    if (callerOf(operation, 'user')) callers.push(await paydesk.user('alice'));
    const answers = await Promise.all(callers.map((caller) => send(caller, operation)));
    expect(answers.filter(({ status }) => status === 401 || status === 403)).toEqual([]);
    expect(answers.length).toBeGreaterThan(0);
  });
});

/** The kinds of keys that an operation is for, and the scope that each needs. */
function keysOf({ callers }: Operation): { kind: 'partner' | 'service'; scope: Scope }[] {
  return callers.flatMap(({ kind, scope }) => (kind === 'user' ? [] : [{ kind, scope: scope as Scope }]));
}

function callerOf({ callers }: Operation, kind: string) {
  return callers.find((caller) => caller.kind === kind);
}

function keyOf(paydesk: Paydesk, kind: 'partner' | 'service', scopes: readonly Scope[]): Promise<Caller> {
  // A partner's key may not have keys:admin.
  const possible = kind === 'partner' ? scopes.filter((scope) => scope !== 'keys:admin') : scopes;
  return paydesk[kind]('acme', { scopes: possible });
}

/** Callers with credentials that were valid, or look as if they were. */
async function invalidCallers(paydesk: Paydesk, now: Date): Promise<Caller[]> {
  const revoked = [await paydesk.partner('revoked'), await paydesk.service('revoked')];
  const expired = [await paydesk.partner('expired'), await paydesk.service('expired')];
  await query(paydesk, "update api_keys set revoked_at = now() where name = 'revoked'");
  await query(paydesk, "update api_keys set expires_at = created_at where name = 'expired'");
  const issuedAt = new Date(now.getTime() - 60 * 60 * 1000);
  const token = await issueUserToken(paydesk.settings, 'alice', issuedAt);
  const random = randomBytes(32).toString('base64url');
  const unknown = [token, `pdk_partner_${random}`, `pdk_service_${random}`];
  return [...revoked, ...expired, ...unknown.map((credential) => new Caller(paydesk.url, credential))];
}

/** Sends a request with the documented examples in its path and query, and an empty body. */
function send(caller: Caller, { method, path, parameters }: Operation): Promise<Answer> {
  const example = (name: string) =>
    encodeURIComponent(String(parameters.find((parameter) => parameter.name === name)?.schema.example));
  const filled = path.replaceAll(/\{(\w+)\}/g, (_placeholder, name: string) => example(name));
  const required = parameters.filter((parameter) => parameter.in === 'query' && parameter.required);
  const pairs = required.map(({ name }) => `${name}=${example(name)}`);
  const target = pairs.length > 0 ? `${filled}?${pairs.join('&')}` : filled;
  switch (method) {
    case 'GET':
      return caller.get(target);
    case 'POST':
      return caller.post(target, {});
    case 'PUT':
      return caller.put(target, {});
    case 'PATCH':
      return caller.patch(target, {});
    case 'DELETE':
      return caller.delete(target);
    default:
      throw new Error(`${method} is not known here`);
  }
}
