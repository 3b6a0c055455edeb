import { describe, expect } from 'vitest';
import { DEFAULT_SCOPES, type Scope, SCOPES } from '#core/scope.js';
import type { Answer, Caller } from '../support/caller.js';
import { query } from '../support/database.js';
import { expectProblem } from '../support/expect-problem.js';
import { paydeskTest } from '../support/paydesk-test.js';

const UNKNOWN_ID = '00000000-0000-4000-8000-000000000000';

type Route = [scope: Scope, kind: 'partner' | 'service', send: (caller: Caller) => Promise<Answer>];

const ROUTES: Route[] = [
  ['customers:write', 'partner', (partner) => partner.post('/partners/user/u/setup_intent')],
  ['customers:read', 'partner', (partner) => partner.get('/partners/user/u/payment_methods')],
  ['charges:write', 'partner', (partner) => partner.post('/partners/user/u/payment_intent', {})],
  ['charges:read', 'partner', (partner) => partner.get('/partners/user/u/payments')],
  ['charges:read', 'partner', (partner) => partner.get('/partners/user/u/payments/pi_1')],
  ['operations:read', 'partner', (partner) => partner.get(`/operations/${UNKNOWN_ID}`)],
  ['customers:read', 'service', (service) => service.get('/customers/u')],
  ['customers:write', 'service', (service) => service.put('/customers/u', {})],
  ['customers:write', 'service', (service) => service.post('/customers/u/unlink')],
  ['checkout:write', 'service', (service) => service.post('/pay', {})],
  ['subscriptions:write', 'service', (service) => service.post('/pay/recurrent', {})],
  ['checkout:write', 'service', (service) => service.post('/pay/expire', {})],
  ['subscriptions:write', 'service', (service) => service.post('/pay/recurrent/expire', {})],
  ['checkout:write', 'service', (service) => service.post('/pay/confirm', {})],
  ['checkout:write', 'service', (service) => service.post('/pay/void', {})],
  ['subscriptions:write', 'service', (service) => service.post('/pay/recurrent/change', {})],
  ['subscriptions:write', 'service', (service) => service.post('/pay/recurrent/change-preview', {})],
  ['subscriptions:write', 'service', (service) => service.post('/pay/recurrent/resume', {})],
  ['subscriptions:write', 'service', (service) => service.post('/pay/recurrent/pause', {})],
  ['subscriptions:write', 'service', (service) => service.post('/pay/recurrent/unpause', {})],
  ['refunds:write', 'service', (service) => service.post('/refund', {})],
  ['disputes:read', 'service', (service) => service.get('/disputes')],
  ['disputes:write', 'service', (service) => service.post('/disputes/du_1/evidence', {})],
  ['disputes:write', 'service', (service) => service.post('/disputes/du_1/accept')],
  ['payments:read', 'service', (service) => service.get('/status?paymentID=cs_1')],
  ['notifications:manage', 'partner', (partner) => partner.get('/notification-endpoints')],
  ['notifications:manage', 'service', (service) => service.post('/notification-endpoints', {})],
  ['payments:read', 'service', (service) => service.get('/pay/payments')],
  ['payments:read', 'service', (service) => service.get('/pay/payments/cs_1')],
  ['subscriptions:read', 'service', (service) => service.get('/pay/subscriptions')],
  ['subscriptions:read', 'service', (service) => service.get('/pay/subscriptions/sub_1')],
  ['operations:read', 'service', (service) => service.get(`/operations/${UNKNOWN_ID}`)],
];

const it = paydeskTest();

describe('scopes', () => {
  it.for(ROUTES)('%s is needed by a %s: %s', async ([scope, kind, send], { paydesk }) => {
    const others = DEFAULT_SCOPES.filter((other) => other !== scope);
    const refused = await send(await paydesk[kind]('acme', { scopes: others }));
    expectProblem(refused, 'forbidden');
    expect(refused.body.requiredScope).toBe(scope);
    expect(refused.headers.get('www-authenticate')).toBe(
      `Bearer error="insufficient_scope", scope="${scope}"`,
    );

    const { status } = await send(await paydesk[kind]('acme', { scopes: [scope] }));
    expect([401, 403]).not.toContain(status);
  });

  it('are not named to a kind of caller that the route is not for', async ({ partner }) => {
    const refused = await partner.post('/refund', {});
    expectProblem(refused, 'forbidden');
    expect(refused.body).not.toHaveProperty('requiredScope');
  });

  it('are not needed by a signed-in user', async ({ paydesk }) => {
    const user = await paydesk.user('user-1');
    expect((await user.get('/payments/get-history')).status).toBe(200);
  });

  it('of a key without any are not filled in', async ({ paydesk }) => {
    const service = await paydesk.service('empty', { scopes: [] });
    expect((await service.get('/customers/u')).status).toBe(403);
  });

  it('are every one but keys:admin by default', async ({ paydesk }) => {
    await paydesk.service('by-default');
    const rows = await query(paydesk, "select scopes from api_keys where name = 'by-default'");
    expect(rows).toEqual([{ scopes: SCOPES.filter((scope) => scope !== 'keys:admin') }]);
  });
});

describe('an API key', () => {
  it('is refused from the instant at which it expires', async ({ paydesk, clock }) => {
    const service = await paydesk.service('expiring');
    const expiresAt = new Date(clock.now().getTime() + 60_000);
    await query(paydesk, "update api_keys set expires_at = $1 where name = 'expiring'", [expiresAt]);
    clock.moveSeconds(59);
    expect((await service.get('/customers/u')).status).toBe(404);
    clock.moveSeconds(1);
    expectProblem(await service.get('/customers/u'), 'unauthorized');
  });
});
