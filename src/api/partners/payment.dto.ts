import { ApiProperty } from '@nestjs/swagger';
import type { Page, PageRequest } from '#core/page.js';
import type { Payment, PaymentIntentStatus } from '../../charges/payment.js';
import type { FieldNames } from '../dto/field-names.js';
import { PageSizeField, StripeIdField } from '../dto/fields.js';
import type { PartnerUser } from './partner-user.dto.js';

const PAGE_SIZE_DEFAULT = 100;

/** What the contract calls Stripe's statuses. */
export const STATUS_NAMES: Readonly<Record<PaymentIntentStatus, string>> = {
  requires_payment_method: 'requires payment method',
  requires_confirmation: 'requires confirmation',
  requires_action: 'requires action',
  processing: 'pending',
  requires_capture: 'pending',
  canceled: 'cancelled',
  succeeded: 'complete',
};

export class PaymentsQuery {
  static readonly FIELD_NAMES: FieldNames = { cursor: 'starting_after' };

  @PageSizeField({
    optional: true,
    description: `The number of payments per page, 1 to 100; ${PAGE_SIZE_DEFAULT} by default`,
  })
  limit?: string;

  @StripeIdField({
    prefixes: ['pi'],
    optional: true,
    description: 'The last payment of the previous page',
  })
  starting_after?: string;

  toPage(): PageRequest {
    const { limit = PAGE_SIZE_DEFAULT, starting_after: id } = this;
    return { limit: Number(limit), ...(id && { cursor: { id, direction: 'forward' } }) };
  }
}

export class PaymentResponse {
  @ApiProperty({
    description: 'The day on which it was created, in UTC',
    example: '2026-11-22',
    format: 'date',
  })
  date!: string;

  @ApiProperty({ type: String, nullable: true, example: 'Wellness exam' })
  description!: string | null;

  @ApiProperty({ description: 'Minor units (cents)', example: '20000', pattern: '^[0-9]+$' })
  amount!: string;

  @ApiProperty({ enum: [...new Set(Object.values(STATUS_NAMES))], example: 'complete' })
  status!: string;

  @ApiProperty({ example: 'pi_3TUvWxABCDEFGHIJ0RSTUVWX' })
  stripe_payment_id!: string;

  static of({ id, createdAt, description, amountMinor, status }: Payment): PaymentResponse {
    return {
      date: createdAt.toISOString().slice(0, 'yyyy-MM-dd'.length),
      description,
      amount: String(amountMinor),
      status: STATUS_NAMES[status],
      stripe_payment_id: id,
    };
  }
}

/** The Link header for the next page; undefined on the last page: https://www.rfc-editor.org/rfc/rfc8288 */
export function nextPageLink(
  user: PartnerUser,
  query: PaymentsQuery,
  page: Page<Payment>,
): string | undefined {
  const last = page.items.at(-1);
  if (!page.hasMore || !last) return undefined;
  const next = new URLSearchParams({ limit: String(query.toPage().limit), starting_after: last.id });
  return `<${user.path}/payments?${next.toString()}>; rel="next"`;
}
