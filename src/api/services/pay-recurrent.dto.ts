import { ApiExtraModels, ApiProperty } from '@nestjs/swagger';
import { CalendarDayError, parseCalendarDay } from '#core/calendar-day.js';
import { type FieldError, invalidField, Problem } from '#core/problem.js';
import type { CheckoutCommand } from '../../checkout/checkout.js';
import { type Interval, type Recurrence, recurrenceOf } from '../../checkout/recurrence.js';
import { Satisfies } from '../../config/satisfies.js';
import type { Settings } from '../../config/settings.js';
import type { CancelCommand, Cancellation, CancelTime } from '../../subscriptions/subscription.js';
import type { FieldNames } from '../dto/field-names.js';
import { ChoiceField, Field } from '../dto/fields.js';
import { CheckoutRequest } from './checkout-request.dto.js';
import {
  IntervalCountField,
  IntervalField,
  PAYMENT_FIELD_NAMES,
  PaymentIdField,
  WholeNumberField,
} from './fields.js';
import {
  PriceProduct,
  type ProductRequest,
  ProductsField,
  RecurringProductIdProduct,
  RecurringProductNameProduct,
} from './product.dto.js';

/** https://docs.stripe.com/api/checkout/sessions/create#create_checkout_session-line_items */
const RECURRING_LINE_ITEMS_MAX = 20;
/** Two years: https://docs.stripe.com/api/checkout/sessions/create#create_checkout_session-subscription_data-trial_period_days */
const TRIAL_DAYS_MAX = 730;

@ApiExtraModels(PriceProduct, RecurringProductIdProduct, RecurringProductNameProduct)
export class PayRecurrentRequest extends CheckoutRequest {
  @ProductsField(
    {
      priceId: PriceProduct,
      productId: RecurringProductIdProduct,
      productName: RecurringProductNameProduct,
    },
    RECURRING_LINE_ITEMS_MAX,
  )
  products?: ProductRequest[];

  @IntervalField({ optional: true, description: 'The unit of the billing period; with `amount` only' })
  interval?: Interval;

  @IntervalCountField()
  intervalCount?: number;

  @WholeNumberField(
    { optional: true, description: 'The days before the first payment; none by default', example: 14 },
    { min: 1, max: TRIAL_DAYS_MAX },
  )
  trialDays?: number;

  toCommand(settings: Settings): CheckoutCommand {
    return {
      ...this.commandOf('subscription', settings, this.recurrence()),
      trialDays: this.trialDays,
    };
  }

  /** Undefined with products, which have recurrences of their own. */
  private recurrence(): Recurrence | undefined {
    if (this.amount === undefined) {
      const errors = (['interval', 'intervalCount'] as const)
        .filter((field) => this[field] !== undefined)
        .map((field): FieldError => ({ field, message: 'is allowed with amount or inside a product only' }));
      if (errors.length > 0) throw new Problem('invalid-request', { errors });
      return undefined;
    }
    if (this.interval === undefined) throw invalidField('interval', 'is required with amount');
    return recurrenceOf('', this.interval, this.intervalCount);
  }
}

const CANCEL_TYPES = ['now', 'endOfPeriod', 'atDay'] as const;

export class CancelRequest {
  static readonly FIELD_NAMES: FieldNames = { ...PAYMENT_FIELD_NAMES, when: 'cancelTime' };

  @PaymentIdField({
    description: 'The subscription: the id that `/pay/recurrent` returned, or any other id of its payments',
  })
  paymentID!: string;

  @ChoiceField({
    choices: CANCEL_TYPES,
    description:
      'now: immediately. endOfPeriod: right before the next renewal. atDay: at 23:59:59 of `cancelTime` in ' +
      'BUSINESS_TIMEZONE. None of them refunds anything; see `/refund`.',
    example: 'atDay',
  })
  cancelType!: (typeof CANCEL_TYPES)[number];

  @Field(
    { optional: true, description: 'The last day, dd/MM/yyyy; with `atDay` only', example: '31/12/2030' },
    { type: String, pattern: '^[0-9]{2}/[0-9]{2}/[0-9]{4}$' },
    Satisfies(isCalendarDay, 'must be a calendar day in the form dd/MM/yyyy'),
  )
  cancelTime?: string;

  /** @throws {Problem} for `atDay` without `cancelTime`, or the reverse */
  toCommand(): CancelCommand {
    return { paymentId: this.paymentID, when: this.when() };
  }

  private when(): CancelTime {
    const { cancelType, cancelTime } = this;
    if (cancelType === 'atDay') {
      if (cancelTime === undefined) throw invalidField('cancelTime', 'is required with atDay');
      return { atDay: parseCalendarDay(cancelTime) };
    }
    if (cancelTime !== undefined) throw invalidField('cancelTime', 'is allowed with atDay only');
    return cancelType;
  }
}

function isCalendarDay(value: unknown): boolean {
  try {
    return typeof value === 'string' && Boolean(parseCalendarDay(value));
  } catch (error) {
    if (error instanceof CalendarDayError) return false;
    throw error;
  }
}

export class CancelResponse {
  @ApiProperty({ enum: ['OK'] })
  result!: 'OK';

  @ApiProperty({ description: 'As in the request', example: 'cs_test_a1B2c3D4e5F6g7H8i9J0' })
  paymentID!: string;

  @ApiProperty({ example: 'sub_1TUvWxABCDEFGHIJKLMNOPQR' })
  subscriptionID!: string;

  @ApiProperty({
    type: String,
    nullable: true,
    format: 'date-time',
    description: 'When the subscription ends or ended',
    example: '2030-12-31T23:59:59.000Z',
  })
  cancelAt!: string | null;

  static of(paymentID: string, { subscriptionId: subscriptionID, cancelAt }: Cancellation): CancelResponse {
    return { result: 'OK', paymentID, subscriptionID, cancelAt };
  }
}
