import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyReply } from 'fastify';
import { ResponseWithHeaders } from './response-with-headers.js';

/** Nest's adapter for Fastify. Also sends a {@link ResponseWithHeaders}, without the cost of an interceptor. */
export class HttpAdapter extends FastifyAdapter {
  override reply(reply: FastifyReply, response: unknown, statusCode?: number) {
    if (!(response instanceof ResponseWithHeaders)) return super.reply(reply, response, statusCode);
    return super.reply(reply.headers(response.headers), response.body, statusCode);
  }
}
