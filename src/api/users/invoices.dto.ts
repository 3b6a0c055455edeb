import { ApiProperty } from '@nestjs/swagger';
import type { Page, PageRequest } from '#core/page.js';
import type { Invoice } from '../../charges/invoice.js';
import { decimalOf } from '../../payments/payment-view.js';
import { CursorField, PageSizeField, StripeIdField } from '../dto/fields.js';

const PAGE_SIZE_DEFAULT = 10;
const INVOICE_ID = /^in_[A-Za-z0-9]{1,200}$/;

export class InvoicesQuery {
  @PageSizeField({
    optional: true,
    description: `The number of invoices per page, 1 to 100; ${PAGE_SIZE_DEFAULT} by default`,
  })
  limit?: string;

  @CursorField(INVOICE_ID)
  cursor?: string;

  toPage(): PageRequest {
    const { cursor: id, limit = PAGE_SIZE_DEFAULT } = this;
    return { limit: Number(limit), ...(id && { cursor: { id, direction: 'forward' } }) };
  }
}

export class UserInvoiceResponse {
  @ApiProperty({ example: 'in_1TUvWxABCDEFGHIJKLMNOPQR' })
  id!: string;

  @ApiProperty({ type: String, nullable: true, description: 'Null for a draft', example: 'A1B2C3D4-0001' })
  number!: string | null;

  @ApiProperty({ description: 'Negative if the user is credited', example: '5.00' })
  total!: string;

  @ApiProperty({ example: 'usd' })
  currency!: string;

  @ApiProperty({ type: String, nullable: true, description: 'As Stripe names it', example: 'paid' })
  status!: string | null;

  @ApiProperty({ format: 'date-time', example: '2026-11-22T09:30:00.000Z' })
  createdAt!: string;

  @ApiProperty({
    type: String,
    nullable: true,
    description: "Stripe's page where it can be seen and paid; null for a draft",
    example: 'https://invoice.stripe.com/i/acct_1/test_abc',
  })
  hostedUrl!: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'The invoice as a PDF; null if there is none',
    example: 'https://pay.stripe.com/invoice/acct_1/test_abc/pdf',
  })
  pdfUrl!: string | null;

  static of({ totalMinor, createdAt, ...invoice }: Invoice): UserInvoiceResponse {
    const { id, number, currency, status, hostedUrl, pdfUrl } = invoice;
    const total = decimalOf(totalMinor, currency);
    return { id, number, total, currency, status, createdAt: createdAt.toISOString(), hostedUrl, pdfUrl };
  }
}

export class InvoicesResponse {
  @ApiProperty({ type: [UserInvoiceResponse] })
  data!: UserInvoiceResponse[];

  @ApiProperty({ type: String, nullable: true, description: 'Null on the last page', example: null })
  nextCursor!: string | null;

  static of({ items, hasMore }: Page<Invoice>): InvoicesResponse {
    return {
      data: items.map((invoice) => UserInvoiceResponse.of(invoice)),
      nextCursor: (hasMore && items.at(-1)?.id) || null,
    };
  }
}

/** Path of a charge of the signed-in user. */
export class ReceiptPath {
  @StripeIdField({
    prefixes: ['ch', 'py'],
    description: "One of the user's charges",
    example: 'ch_3TUvWxABCDEFGHIJ0KLMNOPQ',
  })
  chargeId!: string;
}
