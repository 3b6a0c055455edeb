import { ApiProperty } from '@nestjs/swagger';
import { hasCardNumber } from '#core/card-number.js';
import { invalidField } from '#core/problem.js';
import { codePointLength } from '#core/text.js';
import { Satisfies } from '../../config/satisfies.js';
import {
  type AnsweredDispute,
  type Evidence,
  EVIDENCE_FIELDS,
  type EvidenceCommand,
} from '../../disputes/dispute.js';
import { hasKey } from '../../logging/redact.js';
import { DISPUTE_STATUSES, type DisputeStatus } from '../../payments/payment.js';
import {
  BooleanField,
  ChoiceField,
  CursorField,
  Field,
  PageSizeField,
  StripeIdField,
  Without,
} from '../dto/fields.js';
import { EXAMPLE_DISPUTE_ID, EXAMPLE_PAYMENT_ID } from './examples.js';
import { DisputeViewResponse, PAGE_SIZE_DEFAULT } from './payments.dto.js';

const DISPUTE_ID_PREFIXES = ['du', 'dp'] as const;
const CURSOR = new RegExp(`^(${DISPUTE_ID_PREFIXES.join('|')})_[A-Za-z0-9_]{1,200}$`);

/** https://docs.stripe.com/api/disputes/update */
const EVIDENCE_MAX_LENGTH = 20_000;
/** Evidence may have several lines. */
const EVIDENCE_TEXT = /^[^\p{Cs}\p{Cc}]*(?:[\t\r\n][^\p{Cs}\p{Cc}]*)*$/u;

/** A text of several lines, or null, which removes it. */
function EvidenceField(description: string, example?: string): PropertyDecorator {
  return Field(
    { optional: true, description, example },
    { type: String, nullable: true, minLength: 1, maxLength: EVIDENCE_MAX_LENGTH },
    Satisfies(isEvidence, `must be null, or well-formed text of 1 to ${EVIDENCE_MAX_LENGTH} characters`),
    Without(hasCardNumber, 'a card number'),
    Without(hasKey, 'a key'),
  );
}

function isEvidence(value: unknown): boolean {
  if (value === null) return true;
  if (typeof value !== 'string' || value === '') return false;
  return codePointLength(value) <= EVIDENCE_MAX_LENGTH && EVIDENCE_TEXT.test(value);
}

export class DisputePath {
  @StripeIdField({ prefixes: DISPUTE_ID_PREFIXES, description: 'The dispute', example: EXAMPLE_DISPUTE_ID })
  id!: string;
}

export class DisputesQuery {
  @ChoiceField({ choices: DISPUTE_STATUSES, optional: true, description: 'Only disputes with this status' })
  status?: DisputeStatus;

  @PageSizeField({ optional: true, description: `1 to 100; ${PAGE_SIZE_DEFAULT} by default` })
  limit?: string;

  @CursorField(CURSOR)
  cursor?: string;
}

/** The texts are named as Stripe names them. */
export class EvidenceRequest {
  @EvidenceField(
    'Log that shows that the customer used a digital product',
    '2026-11-20 10:02 login from 203.0.113.7',
  )
  access_activity_log?: string | null;

  @EvidenceField(
    'The billing address that the customer gave',
    '354 Oyster Point Blvd, San Francisco, CA 94080',
  )
  billing_address?: string | null;

  @EvidenceField('How and when the customer was shown the cancellation policy')
  cancellation_policy_disclosure?: string | null;

  @EvidenceField("Why the customer's subscription was not cancelled")
  cancellation_rebuttal?: string | null;

  @EvidenceField("The customer's e-mail address", 'jenny@example.com')
  customer_email_address?: string | null;

  @EvidenceField("The customer's name", 'Jenny Rosen')
  customer_name?: string | null;

  @EvidenceField('The IP address from which the customer bought', '203.0.113.7')
  customer_purchase_ip?: string | null;

  @EvidenceField('How the disputed charge differs from an earlier one that looks like it')
  duplicate_charge_explanation?: string | null;

  @EvidenceField('The id of that earlier charge', 'ch_3TUvWxABCDEFGHIJ0KLMNOPQ')
  duplicate_charge_id?: string | null;

  @EvidenceField('What was sold', 'Wellness exam')
  product_description?: string | null;

  @EvidenceField('How the customer was shown the refund policy before buying')
  refund_policy_disclosure?: string | null;

  @EvidenceField('Why the customer gets no refund')
  refund_refusal_explanation?: string | null;

  @EvidenceField('When the customer received the service', '2026-11-20')
  service_date?: string | null;

  @EvidenceField('Where it was shipped to', '354 Oyster Point Blvd, San Francisco, CA 94080')
  shipping_address?: string | null;

  @EvidenceField('Who delivered it; several are separated by commas', 'USPS')
  shipping_carrier?: string | null;

  @EvidenceField('When it was shipped', '2026-11-21')
  shipping_date?: string | null;

  @EvidenceField('The number of the delivery; several are separated by commas', 'Z01234567890')
  shipping_tracking_number?: string | null;

  @EvidenceField('Anything else', 'The customer came to the appointment and signed for it.')
  uncategorized_text?: string | null;

  @BooleanField({
    optional: true,
    description:
      'Whether all evidence, also that of earlier requests, is sent to the bank now. That is possible once. Otherwise it is ' +
      'only kept at Stripe.',
    example: true,
  })
  submit?: boolean;

  /** @throws {Problem} `invalid-request` for a request that says nothing */
  toCommand(disputeId: string): EvidenceCommand {
    const { submit: isSubmitted = false } = this;
    const given = EVIDENCE_FIELDS.filter((name) => this[name] !== undefined);
    if (given.length === 0 && !isSubmitted) {
      throw invalidField('uncategorized_text', 'or another text is required, or submit: true');
    }
    // Stripe takes an empty text for none.
    const evidence: Evidence = Object.fromEntries(given.map((name) => [name, this[name] ?? '']));
    return { disputeId, evidence, isSubmitted };
  }
}

class EvidenceDetailsResponse {
  @ApiProperty({ description: 'Whether there is evidence beside what Stripe knows itself', example: false })
  hasEvidence!: boolean;

  @ApiProperty({ description: 'Whether the last evidence was sent too late', example: false })
  pastDue!: boolean;

  @ApiProperty({ description: 'How often evidence was sent to the bank', example: 0 })
  submissionCount!: number;
}

export class DisputeResponse extends DisputeViewResponse implements AnsweredDispute {
  @ApiProperty({ description: 'The payment, as in `/pay/payments`', example: EXAMPLE_PAYMENT_ID })
  paymentID!: string;

  @ApiProperty({ example: 'usd' })
  currency!: string;

  @ApiProperty({
    type: String,
    nullable: true,
    description:
      "Stripe's own status, which is more precise: only `needs_response` and `warning_needs_response` can be answered. One " +
      'that starts with `warning_` is an inquiry, which has taken no money. Null if it is not known.',
    example: 'needs_response',
  })
  stripeStatus!: string | null;

  @ApiProperty({ type: EvidenceDetailsResponse })
  evidenceDetails!: EvidenceDetailsResponse;

  @ApiProperty({ format: 'date-time', example: '2026-11-22T09:30:00.000Z' })
  createdAt!: string;
}

export class DisputeWithEvidenceResponse extends DisputeResponse {
  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'string' },
    description: 'The texts that Stripe has, sent or not. Some are known from the payment.',
    example: { customer_name: 'Jenny Rosen' },
  })
  evidence!: Record<string, string>;
}

export class DisputeListResponse {
  @ApiProperty({ type: [DisputeResponse] })
  data!: DisputeResponse[];

  @ApiProperty({ type: String, nullable: true, description: 'Null on the last page', example: null })
  nextCursor!: string | null;
}
