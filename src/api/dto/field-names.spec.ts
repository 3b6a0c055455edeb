import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Problem } from '#core/problem.js';
import { EVIDENCE_FIELDS } from '../../disputes/dispute.js';
import { packageRoot } from '../../package-root.js';
import { withFieldNames } from './field-names.js';

describe('withFieldNames', () => {
  const names = { cursor: 'cursorId', 'items[].priceId': 'products[].priceId', items: 'products' };

  it.each([
    ['cursor', 'cursorId'],
    ['items[12].priceId', 'products[12].priceId'],
    ['items', 'products'],
    ['items[0].quantity', 'items[0].quantity'],
    ['description', 'description'],
  ])('reports %s as %s', async (field, reported) => {
    const extras = { operationId: 'op-1', errors: [{ field, message: 'is wrong' }] };
    await expect(
      withFieldNames(names, Promise.reject(new Problem('invalid-request', extras))),
    ).rejects.toMatchObject({
      slug: 'invalid-request',
      extras: { operationId: 'op-1', errors: [{ field: reported, message: 'is wrong' }] },
    });
  });

  it('passes on every other error as it is', async () => {
    const error = new Problem('not-found');
    await expect(withFieldNames(names, Promise.reject(error))).rejects.toBe(error);
  });
});

describe('a service', () => {
  /** Fields of a command that the contracts call the same. */
  const SHARED = new Set([
    'allowDuplicate',
    'allowPromotionCodes',
    'amount',
    'at',
    'caller',
    'chargeId',
    'currencies',
    'currency',
    'cursor',
    'customerEmail',
    'description',
    'direction',
    'email',
    'enabled',
    'endpointId',
    'expiresAt',
    'expiresInMinutes',
    'failureRedirect',
    'flow',
    'from',
    'guardrails',
    'id',
    'interval',
    'intervalCount',
    'kind',
    'label',
    'limit',
    'locale',
    'maxCharge',
    'maxChargesPerDay',
    'maxRefundsPerDay',
    'metadata',
    'name',
    'objectId',
    'overlap',
    'paymentMethods',
    'priceId',
    'proration',
    'prorationDate',
    'quantity',
    'requireIdempotencyKey',
    'returnUrl',
    'scopes',
    'since',
    'state',
    'status',
    'stripeCustomerId',
    'subject',
    'successRedirect',
    'taxId',
    'tenant',
    'to',
    'trialDays',
    'type',
    'types',
    'until',
    'url',
    'userId',
    'value',
  ]);
  /** Fields of a contract that are parameters of Stripe's too. */
  const OF_STRIPE = new Set<string>(['return_url', 'statement_descriptor_suffix', ...EVIDENCE_FIELDS]);
  const COMMENT = /\/\*[\s\S]*?\*\/|\/\/.*/g;

  it('names no field that only a contract has', () => {
    const contractOnly = requestFields().filter((field) => !SHARED.has(field) && !OF_STRIPE.has(field));
    expect(contractOnly).toContain('stripe_payment_method_id');
    const literal = new RegExp(`(?:['"\`]|[}\\]]\\.)(?:${contractOnly.join('|')})(?!\\w)`);
    const found = serviceSources().flatMap((path) => {
      const [name] = literal.exec(readFileSync(path, 'utf8').replaceAll(COMMENT, '')) ?? [];
      return name ? [`${path}: ${name}`] : [];
    });
    expect(found).toEqual([]);
  });
});

function serviceSources(): string[] {
  const root = join(packageRoot, 'src');
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.spec.ts') && !/^(api|database)\b/.test(path))
    .map((path) => join(root, path));
}

interface OpenApi {
  paths: Record<string, Record<string, { parameters: { name: string; in: string }[] }>>;
  components: { schemas: Record<string, { properties?: object }> };
}

/** Every field of a request in the OpenAPI document: of paths, queries and bodies. */
function requestFields(): string[] {
  const { paths, components } = createRequire(import.meta.url)('../../../openapi.json') as OpenApi;
  const parameters = Object.values(paths)
    .flatMap((path) => Object.values(path))
    .flatMap((operation) => operation.parameters)
    .filter((parameter) => parameter.in !== 'header')
    .map((parameter) => parameter.name);
  const bodyFields = Object.entries(components.schemas)
    .filter(([schema]) => /Request$|Product$/.test(schema))
    .flatMap(([, { properties = {} }]) => Object.keys(properties));
  return [...new Set([...parameters, ...bodyFields])];
}
