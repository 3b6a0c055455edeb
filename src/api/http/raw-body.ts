import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { Injectable, type Type } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Problem } from '#core/problem.js';
import { AddRouteConfig } from './route-config.js';

/** Decides from the headers whether a body without a credential is read. */
export interface HeadCheck {
  /** @throws {Problem} if the headers show that the body is not worth reading */
  check(headers: IncomingHttpHeaders): void;
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The handler gets the body as text, because a signature covers its bytes. */
    rawBody?: Type<HeadCheck>;
  }
}

/** Stripe documents no limit for events, which contain whole objects with metadata. */
const RAW_BODY_MAX_BYTES = 1024 * 1024;
/** Of all raw bodies together that are arriving or being handled. */
const RAW_BODIES_MAX_BYTES = 32 * RAW_BODY_MAX_BYTES;

/**
 * The handler of this route gets its body unparsed.
 *
 * @param headCheck provider that decides before the body is read
 */
export function RawBody(headCheck: Type<HeadCheck>): MethodDecorator {
  return AddRouteConfig({ rawBody: headCheck });
}

/** Whether a request is for a route with {@link RawBody}. */
export function wantsRawBody(request: FastifyRequest): boolean {
  return request.routeOptions.config.rawBody !== undefined;
}

/** Raises the size limit of routes with {@link RawBody}. Call it before any route is registered. */
export function raiseRawBodyLimit(fastify: FastifyInstance): void {
  fastify.addHook('onRoute', (route) => {
    if (route.config?.rawBody) route.bodyLimit = RAW_BODY_MAX_BYTES;
  });
}

/** Limits the memory for raw bodies, which anybody can send: their signature is verified after they have arrived. */
@Injectable()
export class RawBodies {
  private readonly sizes = new Map<IncomingMessage, number>();

  constructor(private readonly moduleRef: ModuleRef) {}

  /**
   * Checks the headers of a request for a route with {@link RawBody}, and reserves memory for its body. If there is too
   * little, the largest body that is still arriving is dropped: events are small, and Stripe sends them again.
   *
   * @throws {Problem} of the {@link HeadCheck}, or `unavailable`
   */
  admit({ raw, headers, routeOptions }: FastifyRequest, reply: FastifyReply): void {
    const headCheck = routeOptions.config.rawBody;
    if (!headCheck) return;
    this.moduleRef.get(headCheck, { strict: false }).check(headers);
    const bytes = Math.min(Number(headers['content-length'] ?? RAW_BODY_MAX_BYTES), RAW_BODY_MAX_BYTES);
    while (this.reservedBytes() + bytes > RAW_BODIES_MAX_BYTES) this.dropLargest();
    this.sizes.set(raw, bytes);
    reply.raw.once('close', () => this.sizes.delete(raw));
  }

  private reservedBytes(): number {
    return [...this.sizes.values()].reduce((sum, bytes) => sum + bytes, 0);
  }

  private dropLargest(): void {
    const arriving = [...this.sizes].filter(([request]) => !request.complete);
    const [largest] = arriving.toSorted(([, a], [, b]) => b - a);
    if (!largest) throw new Problem('unavailable');
    const [request] = largest;
    this.sizes.delete(request);
    request.destroy();
  }
}
