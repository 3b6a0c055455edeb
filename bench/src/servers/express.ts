import { randomUUID } from 'node:crypto';
import express, { type NextFunction, type Request, type Response } from 'express';
import { rateLimit } from 'express-rate-limit';
import helmet from 'helmet';
import { pinoHttp } from 'pino-http';
import { announce } from '../announce.js';
import { apiKey, userByToken } from './environment.js';
import { charge, history } from './stripe.js';

/**
 * What people run in front of Stripe: Express and stripe-node with the usual middleware. It neither keeps operations nor
 * validates more than it must, and a signed-in user is found in memory.
 */
const app = express();
app.use((request, response, next) => {
  request.id = request.header('x-request-id') ?? randomUUID();
  response.setHeader('X-Request-Id', request.id);
  next();
});
app.use(pinoHttp());
app.use(helmet());
app.use(rateLimit({ windowMs: 60_000, limit: 100_000_000, standardHeaders: true, legacyHeaders: false }));
app.use(express.json());

app.post('/partners/user/:id/payment_intent', async (request, response) => {
  if (credentialOf(request) !== apiKey) return void response.status(401).json({ error: 'unauthorized' });
  const { amount, description, stripe_payment_method_id: card } = request.body as Record<string, unknown>;
  if (typeof amount !== 'string' || typeof description !== 'string' || typeof card !== 'string') {
    return void response.status(400).json({ error: 'invalid' });
  }
  const key = request.header('idempotency-key');
  response.status(201).json(await charge(request.params.id, { amount, description }, key));
});

app.get('/payments/get-history', async (request, response) => {
  const user = userByToken[credentialOf(request)];
  if (user === undefined) return void response.status(401).json({ error: 'unauthorized' });
  response.json(await history(user));
});

// Express recognizes a handler of errors by its four parameters.
app.use((error: Error, request: Request, response: Response, _next: NextFunction) => {
  request.log.error(error);
  response.status(500).json({ error: 'internal' });
});

const server = app.listen(0, '127.0.0.1', () => announce(server));

function credentialOf(request: Request): string {
  return request.header('authorization')?.slice('Bearer '.length) ?? '';
}
