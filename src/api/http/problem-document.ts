import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { type Scope, SCOPES } from '#core/scope.js';
import { type Limit, LIMITS } from '#core/guardrails.js';
import { ADVICE, type Advice, PROBLEMS, type ProblemExtras, type ProblemSlug } from '#core/problem.js';
import { NO_STORE } from './no-store.js';

export const PROBLEM_MEDIA_TYPE = 'application/problem+json';

/** For retryable problems that do not say how long to wait. */
const RETRY_AFTER_SECONDS = 1;

class FieldErrorDocument {
  @ApiProperty({ description: 'Path of the field', example: 'products[0].unitAmount' })
  field!: string;

  @ApiProperty({ description: 'What is wrong with it', example: 'must be more than zero' })
  message!: string;
}

/** An error as callers see it: https://www.rfc-editor.org/rfc/rfc9457 */
export class ProblemDocument {
  @ApiProperty({
    description: 'Which problem this is: `urn:paydesk:<slug>`',
    example: 'urn:paydesk:card-declined',
  })
  type!: string;

  @ApiProperty({ example: 'Card declined' })
  title!: string;

  @ApiProperty({ example: 402 })
  status!: number;

  @ApiProperty({ description: 'What it means and what to do' })
  detail!: string;

  @ApiProperty({ description: 'This occurrence; contains the id of the request in the logs' })
  instance!: string;

  @ApiProperty({ description: 'Whether the same request with the same Idempotency-Key may succeed later' })
  retryable!: boolean;

  @ApiPropertyOptional({ type: [FieldErrorDocument], description: 'Each field that is wrong' })
  errors?: FieldErrorDocument[];

  @ApiPropertyOptional({ description: 'The operation behind a request that moves money' })
  operationId?: string;

  @ApiPropertyOptional({ description: "Stripe's decline code", example: 'insufficient_funds' })
  declineCode?: string;

  @ApiPropertyOptional({
    enum: ADVICE,
    description:
      "The issuer's advice on charging the card again, if it gave one; never with `generic_decline`",
  })
  advice?: Advice;

  @ApiPropertyOptional({ description: "Stripe's error code, with `provider-refused`" })
  providerCode?: string;

  @ApiPropertyOptional({
    format: 'uri',
    description:
      'The page on which the customer can authenticate the payment or pay with another card, for CONFIRM_LINK_HOURS',
  })
  confirm_url?: string;

  @ApiPropertyOptional({
    description:
      'The payment that was declined, that its customer has to authenticate, or that was started before',
  })
  paymentId?: string;

  @ApiPropertyOptional({ description: "Stripe's client secret of that payment, for Stripe.js" })
  clientSecret?: string;

  @ApiPropertyOptional({ description: 'The subscription that the user has, with `already-subscribed`' })
  subscriptionId?: string;

  @ApiPropertyOptional({
    enum: [true],
    description:
      'The schedule that the subscription had is gone, although the request was refused: it was released for the request, ' +
      'unless it had ended before. What it had not changed by then is not changed',
  })
  scheduleReleased?: true;

  @ApiPropertyOptional({
    type: [String],
    description:
      'The Checkout pages on which nobody can pay any more, although the request was refused: they were closed for the request, ' +
      'unless they had expired before. `checkoutLink` has their ids',
    example: ['cs_test_a1B2c3D4e5F6g7H8i9J0'],
  })
  closedPages?: string[];

  @ApiPropertyOptional({ enum: SCOPES, description: 'The scope that the key lacks, with `forbidden`' })
  requiredScope?: Scope;

  @ApiPropertyOptional({ enum: LIMITS, description: 'The limit of the API key, with `limit-exceeded`' })
  limit?: Limit;

  @ApiPropertyOptional({
    type: String,
    format: 'date-time',
    description: 'When the sum that counts against that limit starts again at 0',
    example: '2026-11-26T00:00:00.000Z',
  })
  freeAt?: string;
}

/** The document that reports a problem to a caller. */
export function problemDocument(
  slug: ProblemSlug,
  extras: ProblemExtras,
  requestId: string,
): ProblemDocument {
  const { status, title, detail, retryable } = PROBLEMS[slug];
  const { errors, operationId, declineCode, advice, providerCode, paymentId, clientSecret } = extras;
  const { subscriptionId, scheduleReleased, closedPages, requiredScope, limit, freeAt, confirmUrl } = extras;
  return {
    type: `urn:paydesk:${slug}`,
    title,
    status,
    detail,
    instance: `urn:paydesk:request:${requestId}`,
    retryable,
    ...(errors && { errors }),
    ...(operationId && { operationId }),
    ...(declineCode && { declineCode }),
    ...(advice && { advice }),
    ...(providerCode && { providerCode }),
    ...(paymentId && { paymentId }),
    ...(clientSecret && { clientSecret }),
    ...(confirmUrl && { confirm_url: confirmUrl }),
    ...(subscriptionId && { subscriptionId }),
    ...(scheduleReleased && { scheduleReleased }),
    ...(closedPages && { closedPages }),
    ...(requiredScope && { requiredScope }),
    ...(limit && { limit }),
    ...(freeAt && { freeAt: freeAt.toISOString() }),
  };
}

/** The headers of a problem's response, beside its Content-Type. */
export function problemHeaders(slug: ProblemSlug, extras: ProblemExtras): Record<string, string> {
  const { retryAfterSeconds = PROBLEMS[slug].retryable ? RETRY_AFTER_SECONDS : undefined } = extras;
  return {
    ...NO_STORE,
    ...(slug === 'unauthorized' && { 'WWW-Authenticate': 'Bearer' }),
    // https://www.rfc-editor.org/rfc/rfc6750#section-3.1
    ...(extras.requiredScope && {
      'WWW-Authenticate': `Bearer error="insufficient_scope", scope="${extras.requiredScope}"`,
    }),
    ...(retryAfterSeconds !== undefined && { 'Retry-After': String(retryAfterSeconds) }),
    ...(extras.replayed && { 'Idempotent-Replayed': 'true' }),
  };
}
