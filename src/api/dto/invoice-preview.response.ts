import { ApiProperty } from '@nestjs/swagger';
import { decimalOf } from '../../payments/payment-view.js';
import type { ChangePreview } from '../../subscriptions/subscription-change.js';
import type { InvoicePreview, PreviewLine } from '../../subscriptions/user-subscription.js';

class PreviewLineResponse {
  @ApiProperty({ type: String, nullable: true, example: 'Remaining time on Magazine after 26 Nov 2026' })
  description!: string | null;

  @ApiProperty({ description: 'Negative for a credit', example: '5.00' })
  amount!: string;

  @ApiProperty({ description: 'Whether it is for a part of a period, because of a change', example: true })
  isProration!: boolean;

  @ApiProperty({ format: 'date-time', example: '2026-11-26T12:00:00.000Z' })
  periodStart!: string;

  @ApiProperty({ format: 'date-time', example: '2026-12-22T09:30:00.000Z' })
  periodEnd!: string;

  static of(line: PreviewLine, currency: string): PreviewLineResponse {
    const { description, amountMinor, isProration, periodStart, periodEnd } = line;
    return {
      description,
      amount: decimalOf(amountMinor, currency),
      isProration,
      periodStart: periodStart.toISOString(),
      periodEnd: periodEnd.toISOString(),
    };
  }
}

export abstract class InvoicePreviewResponse {
  @ApiProperty({ description: "After what the user's balance pays", example: '5.00' })
  amountDue!: string;

  @ApiProperty({ example: 'usd' })
  currency!: string;

  @ApiProperty({ type: [PreviewLineResponse] })
  lines!: PreviewLineResponse[];
}

type PreviewFields = Pick<InvoicePreviewResponse, keyof InvoicePreviewResponse>;

/** What all previews have in common. */
export function previewFieldsOf({ amountDueMinor, currency, lines }: InvoicePreview): PreviewFields {
  return {
    amountDue: decimalOf(amountDueMinor, currency),
    currency,
    lines: lines.map((line) => PreviewLineResponse.of(line, currency)),
  };
}

class NextPaymentResponse {
  @ApiProperty({ example: '20.00' })
  amountDue!: string;

  @ApiProperty({ format: 'date-time', example: '2026-12-22T09:30:00.000Z' })
  at!: string;
}

export class ChangePreviewResponse extends InvoicePreviewResponse {
  @ApiProperty({
    format: 'date-time',
    description: 'Send it with the change within an hour to be charged exactly `amountDue`',
    example: '2026-11-26T12:00:00.000Z',
  })
  prorationDate!: string;

  @ApiProperty({
    type: NextPaymentResponse,
    nullable: true,
    description: 'The renewal after it; null if the subscription ends before',
  })
  next!: NextPaymentResponse | null;

  static of({ prorationDate, next, ...invoice }: ChangePreview): ChangePreviewResponse {
    return {
      ...previewFieldsOf(invoice),
      prorationDate: prorationDate.toISOString(),
      next: next && {
        amountDue: decimalOf(next.amountDueMinor, invoice.currency),
        at: next.at.toISOString(),
      },
    };
  }
}
