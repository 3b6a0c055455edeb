import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SystemClock } from '#core/clock.js';
import type { Scope } from '#core/scope.js';
import { StripeConnection } from '#stripe/stripe-connection.js';
import { Allow, AllowAnyone } from '../../src/api/http/allow.decorator.js';
import { isOfCaller } from '../../src/api/http/early-route.js';
import { settingsFrom } from '../../src/config/settings.js';
import { createApp } from '../../src/create-app.js';
import { OPERATIONS } from '../support/openapi.js';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';
import { declarationFault, routesOf } from './route-table.js';

/** The only routes that need no credential. Webhooks come with a signature, and the confirm page has one in its URL. */
const CONFIRM_PAGE = [
  'GET /confirm/style.css',
  'GET /confirm/:token',
  'GET /confirm/:token/return',
  'POST /confirm/:token/authenticate',
  'POST /confirm/:token/another-card',
];
const OPEN = ['GET /health/live', 'GET /health/ready', 'POST /webhooks/stripe', ...CONFIRM_PAGE].sort(byName);
/** Documented in no OpenAPI document. */
const UNDOCUMENTED = new Set(['POST /webhooks/stripe', ...CONFIRM_PAGE]);
/** Swagger UI, which has no controller. */
const DOCS = /^[A-Z]+ \/docs(\/|$)/;

@Controller('mutant')
class MutantController {
  @Get('undeclared')
  undeclared(): void {}

  @Get('nobody')
  @Allow({})
  nobody(): void {}

  @Get('unknown-scope')
  @Allow({ user: true, partner: 'charges' as Scope })
  unknownScope(): void {}

  @Get('fine')
  @Allow({ partner: 'charges:read' })
  fine(): void {}

  @Get('open')
  @AllowAnyone()
  open(): void {}
}

@Module({ controllers: [MutantController] })
class MutantModule {}

let app: NestFastifyApplication;
let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
  app = await createApp({
    settings: settingsFrom({ LOG_LEVEL: 'silent' }),
    clock: new SystemClock(),
    databaseUrl: database.url,
    stripe: new StripeConnection('sk_test_unused'),
  });
  await app.init();
});

afterAll(async () => {
  await app.close();
  await database.drop();
});

describe('every route', () => {
  it('declares its callers and their scopes', () => {
    const faults = routesOf(app).map((route) => [route.name, declarationFault(route)]);
    expect(faults.filter(([, fault]) => fault !== undefined)).toEqual([]);
    expect(faults.length).toBeGreaterThan(OPEN.length);
  });

  it('needs a credential, except for these', () => {
    const open = routesOf(app).filter(({ access }) => access === 'anyone');
    expect(open.map(({ name }) => name).sort(byName)).toEqual(OPEN);
  });

  it('is known to be for callers before it is routed, or for anyone', () => {
    const headers = { authorization: 'Bearer a' };
    const ofCallers = registeredRoutes().filter((name) => isOfCaller({ url: name.split(' ')[1], headers }));
    const open = routesOf(app).filter(({ access }) => access === 'anyone');
    const others = new Set(open.map(({ name }) => name));
    const expected = registeredRoutes().filter((name) => !others.has(name) && !DOCS.test(name));
    expect(ofCallers).toEqual(expected);
  });

  it('is documented with what it declares', () => {
    const declared = routesOf(app)
      .filter(({ name }) => !UNDOCUMENTED.has(name))
      .map(({ name, access }) => [name, access === 'anyone' ? {} : access]);
    const documented = OPERATIONS.map(({ method, path, callers }) => [
      `${method} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`,
      Object.fromEntries(callers.map(({ kind, scope }) => [kind, scope ?? true])),
    ]);
    expect(Object.fromEntries(declared)).toEqual(Object.fromEntries(documented));
  });

  it('belongs to a controller, or to the docs', () => {
    const known = new Set(routesOf(app).map(({ name }) => name));
    const others = registeredRoutes().filter((name) => !known.has(name) && !DOCS.test(name));
    expect(others).toEqual([]);
  });
});

it('finds a route that does not declare its callers and scopes', async () => {
  const mutants = await NestFactory.createApplicationContext(MutantModule, { logger: false });
  const faults = Object.fromEntries(routesOf(mutants).map((route) => [route.name, declarationFault(route)]));
  expect(faults).toEqual({
    'GET /mutant/undeclared': 'declares no callers',
    'GET /mutant/nobody': 'declares no callers',
    'GET /mutant/unknown-scope': 'declares a caller without a scope',
    'GET /mutant/fine': undefined,
    'GET /mutant/open': undefined,
  });
  await mutants.close();
});

/** The routes that Fastify has, such as `GET /pay`, from the tree that it prints. HEAD comes with each GET. */
function registeredRoutes(): string[] {
  const tree = app.getHttpAdapter().getInstance().printRoutes({ commonPrefix: false });
  const segments: string[] = [];
  return tree
    .split('\n')
    .filter(Boolean)
    .flatMap((line) => {
      const [, indent = '', segment = '', methods = ''] =
        /^([│ ]*)[├└]── (\S+)(?: \(([^)]*)\))?$/.exec(line) ?? [];
      if (!segment) throw new Error(`not a route: ${line}`);
      segments.length = indent.length / 4;
      segments.push(segment);
      const path = segments.join('');
      return methods
        .split(', ')
        .filter((method) => method && method !== 'HEAD')
        .map((method) => `${method} ${path}`);
    });
}

function byName(a: string, b: string): number {
  return a < b ? -1 : 1;
}
