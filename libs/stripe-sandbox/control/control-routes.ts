import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Faults } from '../faults/faults.js';
import { failures, StripeFailure } from '../http/errors.js';
import type { Form, FormValue } from '../http/form.js';
import { oneOf, readParams, type Params, type Schema } from '../http/params.js';
import { LATEST_VERSION } from '../http/versions.js';
import { AUDITED } from '../store/effects.js';
import { objectOf } from '../store/collection-names.js';
import { behaviourParams } from '../webhooks/behaviour.js';
import type { WebhookSender } from '../webhooks/sender.js';
import type { Counters } from './counters.js';
import { faultRuleParams, ruleFrom } from './fault-params.js';
import type { Ledger } from './ledger.js';

const READ_OPTIONS = { version: LATEST_VERSION };
const LEDGER_PARAMS = { object: oneOf(...[...AUDITED].map((collection) => objectOf[collection]!)) };

/** What the control routes read and change. */
export interface Controls {
  faults: Faults;
  counters: Counters;
  ledger: Ledger;
  webhooks: WebhookSender;
}

/** Adds the control routes, `/_sandbox/...`: JSON in and out, without an API key. */
export function addControlRoutes(app: FastifyInstance, controls: Controls): void {
  const { faults, counters, ledger, webhooks } = controls;
  app.get('/_sandbox/faults', async () => faults.list());
  app.delete('/_sandbox/faults', async () => {
    faults.clear();
    return faults.list();
  });
  app.post('/_sandbox/faults', (request, reply) =>
    withErrorReply(reply, () => faults.add(ruleFrom(readJson(request, faultRuleParams)))),
  );

  app.get<{ Querystring: Form }>('/_sandbox/ledger', ({ query }, reply) =>
    withErrorReply(reply, () => ledger.list(readParams(LEDGER_PARAMS, query, READ_OPTIONS).object)),
  );
  app.delete('/_sandbox/ledger', async () => {
    ledger.clear();
    return ledger.list();
  });

  app.get('/_sandbox/counters', async () => counters.list());
  app.delete('/_sandbox/counters', async () => {
    counters.clear();
    return counters.list();
  });

  const deliveryState = () => ({ behaviour: webhooks.behaviour, pending: webhooks.pending() });
  app.get('/_sandbox/webhooks', async () => deliveryState());
  app.post('/_sandbox/webhooks', (request, reply) =>
    withErrorReply(reply, () => {
      webhooks.setBehaviour(readJson(request, behaviourParams));
      return deliveryState();
    }),
  );
  app.post('/_sandbox/webhooks/flush', async () => {
    await webhooks.flush();
    return deliveryState();
  });
  countCalls(app, counters);
}

async function withErrorReply(reply: FastifyReply, work: () => object): Promise<object> {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof StripeFailure)) throw error;
    return reply.code(400).send({ error: error.body });
  }
}

function countCalls(app: FastifyInstance, counters: Counters): void {
  app.addHook('onRequest', async (request) => {
    const route = routeOf(request);
    if (route) counters.called(route);
  });
  app.addHook('onResponse', async (request, reply) => {
    const route = routeOf(request);
    if (route) counters.answered(route, reply.raw.statusCode);
  });
}

function routeOf({ method, routeOptions: { url } }: FastifyRequest): string | undefined {
  return url?.startsWith('/v1/') ? `${method} ${url}` : undefined;
}

/** @throws StripeFailure 400 for a body that the schema does not allow */
function readJson<S extends Schema>(request: FastifyRequest, schema: S): Params<S> {
  return readParams(schema, formOf(parse(request.body as string)) as Form, READ_OPTIONS);
}

function parse(text: string): object {
  try {
    return JSON.parse(text) as object;
  } catch {
    throw failures.badType('JSON', 'body', text);
  }
}

/** A JSON value as a decoded form would have it. */
function formOf(json: unknown): FormValue {
  if (Array.isArray(json)) return json.map(formOf);
  if (typeof json !== 'object' || json === null) return String(json);
  return Object.fromEntries(Object.entries(json).map(([key, value]) => [key, formOf(value)]));
}
