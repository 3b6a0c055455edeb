import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { failures, StripeFailure } from '../http/errors.js';
import type { Outcome } from '../http/pipeline.js';
import type { Reply } from '../http/reply.js';
import type { ChosenError, FaultKind, FaultRule } from './fault.js';
import type { Pauses } from './pauses.js';

const DEFAULT_WAIT_MS = 1000;
const DRIPS = 10;

/** A call that gets a fault. */
interface Target {
  run: () => Reply;
  raw: ServerResponse;
  pauses: Pauses;
}

/**
 * Answers one call with a fault.
 * @throws StripeFailure for a fault that is an error reply
 */
export function inject(
  kind: FaultKind,
  { waitMs = DEFAULT_WAIT_MS, reason = 'endpoint-rate', shouldRetry, error: chosen }: FaultRule,
  { run, raw, pauses }: Target,
): Outcome | Promise<Outcome> {
  switch (kind) {
    case 'wait':
      return pauses.wait(waitMs).then(run);
    case 'drip':
      return { ...run(), deliver: (_raw, reply) => void drip(raw, reply, waitMs, pauses) };
    case 'reset_after_effect':
      run();
      return reset(raw);
    case 'reset_before_effect':
      return reset(raw);
    case 'error_after_effect':
      run();
      throw failures.internal();
    case 'error_before_effect':
      throw failures.internal();
    case 'error_then_effect':
      void pauses
        .wait(waitMs)
        .then(run)
        .catch((error: Error) => process.emitWarning(error));
      throw failures.internal();
    case 'no_permission':
      throw failures.noPermission();
    case 'rate_limit':
      throw failures.rateLimited(reason, shouldRetry);
    case 'refuse':
      throw chosenFailure(chosen!);
    case 'lock_timeout':
      throw failures.locked(409);
    case 'lock_timeout_429':
      throw failures.locked(429);
    case 'half_body':
      return { ...run(), deliver: cutInHalf };
    case 'bad_json':
      return { ...run(), deliver: breakJson };
    case 'silence_after_effect':
      run();
      return silence(raw);
    case 'silence_before_effect':
      return silence(raw);
  }
}

const chosenFailure = ({ status, ...body }: ChosenError): StripeFailure =>
  new StripeFailure(status, { message: 'Refused by a fault of the sandbox.', ...body });

function reset(raw: ServerResponse): undefined {
  raw.socket?.resetAndDestroy();
}

async function silence(raw: ServerResponse): Promise<undefined> {
  if (!raw.destroyed) await once(raw, 'close');
}

function writeHead(raw: ServerResponse, { status, headers }: Reply, contentLength: number): void {
  raw.writeHead(status, {
    ...headers,
    'Content-Type': 'application/json',
    'Content-Length': contentLength,
  });
}

function cutInHalf(raw: ServerResponse, reply: Reply): void {
  const bytes = Buffer.from(reply.body);
  writeHead(raw, reply, bytes.length);
  raw.write(bytes.subarray(0, bytes.length / 2), () => raw.destroy());
}

function breakJson(raw: ServerResponse, reply: Reply): void {
  const unclosed = reply.body.slice(0, -1);
  writeHead(raw, reply, Buffer.byteLength(unclosed));
  raw.end(unclosed);
}

async function drip(raw: ServerResponse, reply: Reply, overMs: number, pauses: Pauses): Promise<void> {
  const bytes = Buffer.from(reply.body);
  const size = Math.ceil(bytes.length / DRIPS);
  writeHead(raw, reply, bytes.length);
  for (let start = 0; start < bytes.length; start += size) {
    raw.write(bytes.subarray(start, start + size));
    await pauses.wait(overMs / DRIPS);
  }
  raw.end();
}
