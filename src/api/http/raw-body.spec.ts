import { EventEmitter } from 'node:events';
import type { ModuleRef } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { expect, it } from 'vitest';
import { RawBodies } from './raw-body.js';
import { trackWork } from './request-end.js';

const BODY_BYTES = 1_000_000;
/** So many bodies fill the memory for them. */
const BODIES_MAX = 33;

class HeadCheck {
  check(): void {}
}

it('the memory of a body is free once it is handled, also if its client goes before', async () => {
  const bodies = new RawBodies({ get: () => new HeadCheck() } as unknown as ModuleRef);
  let finish = () => {};
  const handling = new Promise<void>((resolve) => (finish = resolve));
  const arrive = () => {
    const raw = Object.assign(new EventEmitter(), { complete: true });
    const headers = { 'content-length': String(BODY_BYTES) };
    const request = { raw, headers, routeOptions: { config: { rawBody: HeadCheck } } };
    const response = new EventEmitter();
    bodies.admit(request as unknown as FastifyRequest, { raw: response } as unknown as FastifyReply);
    void trackWork(request as unknown as FastifyRequest, handling);
    return response;
  };
  const responses = Array.from({ length: BODIES_MAX }, arrive);
  responses.forEach((response) => response.emit('close'));
  expect(arrive).toThrow('Unavailable');
  finish();
  await handling;
  expect(arrive).not.toThrow();
});
