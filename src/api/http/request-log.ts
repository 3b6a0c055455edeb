import { type FastifyReply, type FastifyRequest, LogController } from 'fastify';
import type { Actor } from '#core/actor.js';
import { callerReference } from '../../encryption/caller-reference.js';
import type { Keyring } from '../../encryption/keyring.js';
import { stripeRequestIdsOf } from './current-context.decorator.js';
import type { GoneClients } from './gone-clients.js';
import { stateOf } from './request-state.js';

/** The route of a request for which there is none. */
const NO_ROUTE = 'none';
/** Keeps the line of a request with many calls short. */
const STRIPE_IDS_MAX = 20;

/** Remembers the operation behind a request for its log line. */
export function setOperationId(request: FastifyRequest, operationId: string): void {
  stateOf(request).operationId = operationId;
}

/** The operation behind a request, once it is known. */
export function operationIdOf(request: FastifyRequest): string | undefined {
  return stateOf(request).operationId;
}

/**
 * Logs one line a request, once it is answered or its caller has closed the connection. The line contains nothing that
 * the caller can choose but a well-formed request id. Replaces Fastify's lines, which contain the URL.
 */
export class RequestLog extends LogController {
  constructor(private readonly keyring: Keyring) {
    super({ requestIdLogLabel: 'requestId', disableRequestLogging: true });
  }

  override requestCompleted(_error: unknown, request: FastifyRequest, reply: FastifyReply): void {
    this.log(request, { status: reply.statusCode, ms: Math.round(reply.elapsedTime) });
  }

  /** Also logs requests whose caller does not wait for the response. */
  logAborted(clients: GoneClients): void {
    clients.listen((request) => this.log(request, { aborted: true }));
  }

  private log(request: FastifyRequest, result: object): void {
    // A response may still be written after the caller has gone.
    const state = stateOf(request);
    if (state.isLogged) return;
    state.isLogged = true;
    const { actor, operationId } = state;
    const stripeRequestIds = stripeRequestIdsOf(request).slice(0, STRIPE_IDS_MAX);
    request.log.info(
      {
        method: request.method,
        route: routeOf(request),
        ...result,
        ...(actor && { caller: callerReference(actor, this.keyring), ...keyIdOf(actor) }),
        operationId,
        ...(stripeRequestIds.length > 0 && { stripeRequestIds }),
      },
      'request',
    );
  }
}

/** The pattern of a request's route, such as `/pay/payments/:paymentID`. */
export function routeOf({ routeOptions }: FastifyRequest): string {
  return routeOptions.url ?? NO_ROUTE;
}

function keyIdOf(actor: Actor): { keyId?: string } {
  return 'keyId' in actor ? { keyId: actor.keyId } : {};
}
