import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Context } from '../context.js';
import type { Engine } from '../engine.js';
import { StripeFailure } from '../http/errors.js';
import { notice } from './layout.js';
import { STYLE } from './style.js';

/** A page to show, a URL to redirect to, or a PDF. */
export type PageAnswer =
  { status: 200 | 400 | 402 | 404; page: string } | { redirectTo: string } | { pdf: Promise<Uint8Array> };

/** The route of a page: `show` answers GET, `submit` its form. */
export interface PageRoute {
  path: string;
  show: (ctx: Context, named: Record<string, string>) => PageAnswer;
  submit?: (ctx: Context, named: Record<string, string>, body: string) => PageAnswer;
}

/** No scripts, no external resources, no framing. Forms may redirect to the merchant's pages. */
const HEADERS = {
  'content-security-policy':
    "default-src 'none'; style-src 'self'; img-src data:; form-action 'self' http: https:; base-uri 'none'; frame-ancestors 'none'",
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

export const NOT_FOUND: PageAnswer = {
  status: 404,
  page: notice('Not found', 'This page does not exist or is no longer available.'),
};

/** Serves the pages beside the API. */
export function servePages(app: FastifyInstance, engine: Engine, pages: readonly PageRoute[]): void {
  app.get('/sandbox.css', (_request, reply) => reply.type('text/css').send(STYLE));
  for (const { path, show, submit } of pages) {
    app.get(path, ({ params }, reply) =>
      send(
        reply,
        engine.run((ctx) => show(ctx, params as Record<string, string>)),
      ),
    );
    if (!submit) continue;
    app.post(path, ({ params, body }, reply) =>
      send(
        reply,
        engine.run((ctx) =>
          submit(ctx, params as Record<string, string>, typeof body === 'string' ? body : ''),
        ),
      ),
    );
  }
}

async function send(reply: FastifyReply, answer: PageAnswer): Promise<FastifyReply> {
  reply.headers(HEADERS);
  if ('pdf' in answer) return reply.type('application/pdf').send(await answer.pdf);
  if ('redirectTo' in answer) return reply.redirect(answer.redirectTo, 303);
  return reply.code(answer.status).type('text/html; charset=utf-8').send(answer.page);
}

/** Runs a form's action. A refusal is returned for the page to show; what was written (a declined charge) stays. */
export function attempt<T>(work: () => T): { done: T } | { refusal: string } {
  try {
    return { done: work() };
  } catch (error) {
    if (!(error instanceof StripeFailure)) throw error;
    return { refusal: error.body.message };
  }
}
