import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { Injectable, type Type } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Problem } from '#core/problem.js';
import { onceEnded } from './request-end.js';
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

/** Limits the size of the bodies of routes with {@link RawBody}. Call it before any route is registered. */
export function limitRawBodies(fastify: FastifyInstance, rawBodies: RawBodies): void {
  fastify.addHook('onRoute', (route) => {
    if (!route.config?.rawBody) return;
    route.bodyLimit = RAW_BODY_MAX_BYTES;
    route.preParsing = (request, _reply, payload, done) => {
      rawBodies.countBytes(request.raw);
      done(null, payload);
    };
  });
}

/** Limits the memory for raw bodies, which anybody can send: their signature is verified after they have arrived. */
@Injectable()
export class RawBodies {
  /** The reserved bytes, in the order of admission. */
  private readonly reserved = new Map<IncomingMessage, number>();
  private totalBytes = 0;

  constructor(private readonly moduleRef: ModuleRef) {}

  /**
   * Checks the headers of a request for a route with {@link RawBody}, and reserves memory for its body. If there is too
   * little, those that have been arriving for the longest time are dropped: events arrive at once, and Stripe sends them
   * again.
   *
   * @throws {Problem} of the {@link HeadCheck}, or `unavailable`
   */
  admit({ raw, headers, routeOptions }: FastifyRequest, reply: FastifyReply): void {
    const headCheck = routeOptions.config.rawBody;
    if (!headCheck) return;
    this.moduleRef.get(headCheck, { strict: false }).check(headers);
    this.reserved.set(raw, 0);
    onceEnded(raw, reply.raw, () => this.release(raw));
    const bytes = Math.min(Number(headers['content-length'] ?? 0), RAW_BODY_MAX_BYTES);
    if (!this.reserve(raw, bytes)) throw new Problem('unavailable');
  }

  /** Reserves memory for a body of unknown length as it arrives. Call it before the body is read. */
  countBytes(raw: IncomingMessage): void {
    if (raw.headers['content-length'] !== undefined) return;
    raw.on('data', (chunk: Buffer) => {
      if (!this.reserve(raw, chunk.length)) raw.destroy();
    });
  }

  /** Whether there is enough memory. */
  private reserve(raw: IncomingMessage, bytes: number): boolean {
    const earlierBytes = this.reserved.get(raw);
    if (earlierBytes === undefined) return false;
    this.reserved.set(raw, earlierBytes + bytes);
    this.totalBytes += bytes;
    for (const other of this.reserved.keys()) {
      if (this.totalBytes <= RAW_BODIES_MAX_BYTES || other === raw) break;
      if (!other.complete) this.drop(other);
    }
    return this.totalBytes <= RAW_BODIES_MAX_BYTES;
  }

  private drop(raw: IncomingMessage): void {
    this.release(raw);
    raw.destroy();
  }

  private release(raw: IncomingMessage): void {
    this.totalBytes -= this.reserved.get(raw) ?? 0;
    this.reserved.delete(raw);
  }
}
