import { applyDecorators } from '@nestjs/common';
import { getSchemaPath } from '@nestjs/swagger';
import { plainToInstance, Transform } from 'class-transformer';
import { ValidateNested } from 'class-validator';
import { withAmountField } from '#core/with-amount-field.js';
import type { Currency } from '#core/currency.js';
import { parseDecimalAmount } from '#core/money.js';
import type { CheckoutItem, PricedItem } from '../../checkout/checkout.js';
import { type Interval, recurrenceOf } from '../../checkout/recurrence.js';
import { Satisfies } from '../../config/satisfies.js';
import { Field, MerchantIdField, TextField } from '../dto/fields.js';
import { isJsonObject } from '../http/json-object.js';
import { refuseInherited } from '../http/unknown-fields.js';
import { EXAMPLE_PRICE_ID, EXAMPLE_PRODUCT_ID } from './examples.js';
import { DecimalAmountField, IntervalCountField, IntervalField, QuantityField } from './fields.js';

/** One of the three kinds of product; `path` is its path in the request, such as `products[0]`. */
export interface ProductRequest {
  /** @throws {Problem} for an amount that is not valid in the currency, or a billing period over three years */
  toItem(path: string, currency: Currency): CheckoutItem;
}

export class PriceProduct implements ProductRequest {
  @QuantityField()
  quantity!: number;

  @MerchantIdField({
    description: 'A Price that exists at Stripe',
    example: EXAMPLE_PRICE_ID,
  })
  priceId!: string;

  toItem(): CheckoutItem {
    return { priceId: this.priceId, quantity: this.quantity };
  }
}

abstract class PricedProduct {
  @QuantityField()
  quantity!: number;

  @DecimalAmountField({ description: 'The price of one unit', example: '2.00' })
  unitAmount!: string;

  protected priced(product: PricedItem['product'], path: string, currency: Currency): PricedItem {
    const { quantity, unitAmount } = this;
    const unitAmountMinor = withAmountField(`${path}.unitAmount`, () =>
      parseDecimalAmount(unitAmount, currency),
    );
    return { product, quantity, unitAmountMinor };
  }
}

export class ProductIdProduct extends PricedProduct implements ProductRequest {
  @MerchantIdField({
    description: 'A Product that exists at Stripe',
    example: EXAMPLE_PRODUCT_ID,
  })
  productId!: string;

  toItem(path: string, currency: Currency): PricedItem {
    return this.priced({ id: this.productId }, path, currency);
  }
}

export class ProductNameProduct extends PricedProduct implements ProductRequest {
  @TextField({
    maxLength: 250,
    description: 'The name of a product that is created for this payment',
    example: 'Wellness exam',
  })
  productName!: string;

  toItem(path: string, currency: Currency): PricedItem {
    return this.priced({ name: this.productName }, path, currency);
  }
}

export class RecurringProductIdProduct extends ProductIdProduct {
  @IntervalField()
  interval!: Interval;

  @IntervalCountField()
  intervalCount?: number;

  override toItem(path: string, currency: Currency): PricedItem {
    const recurrence = recurrenceOf(`${path}.`, this.interval, this.intervalCount);
    return { ...super.toItem(path, currency), recurrence };
  }
}

export class RecurringProductNameProduct extends ProductNameProduct {
  @IntervalField()
  interval!: Interval;

  @IntervalCountField()
  intervalCount?: number;

  override toItem(path: string, currency: Currency): PricedItem {
    const recurrence = recurrenceOf(`${path}.`, this.interval, this.intervalCount);
    return { ...super.toItem(path, currency), recurrence };
  }
}

type ProductClass = new () => ProductRequest;

/** The DTO class of a product, by the field that determines its kind. */
interface ProductKinds {
  priceId: ProductClass;
  productId: ProductClass;
  productName: ProductClass;
}

/** A list of products of any kind. Each is validated as the kind that its fields determine. */
export function ProductsField(
  kinds: ProductKinds,
  max: number,
  documented: { description: string; optional: boolean } = {
    description: `What is sold: 1 to ${max} products; instead of \`amount\``,
    optional: true,
  },
): PropertyDecorator {
  const schemas = [...new Set<ProductClass>(Object.values(kinds))].map((kind) => ({
    $ref: getSchemaPath(kind),
  }));
  return applyDecorators(
    Transform(({ value }) =>
      Array.isArray(value) ? value.map((item, index) => toProduct(item, kinds, `products[${index}]`)) : value,
    ),
    Field(
      documented,
      { type: 'array', minItems: 1, maxItems: max, items: { oneOf: schemas } },
      Satisfies((value) => isListOfObjects(value, max), `must be a list of 1 to ${max} products`),
      ValidateNested({ each: true, message: `must be a list of 1 to ${max} products` }),
    ),
  );
}

function toProduct(item: unknown, kinds: ProductKinds, path: string): unknown {
  if (!isJsonObject(item)) return item;
  const kind = kindOf(item, kinds);
  refuseInherited(kind, item, path);
  return plainToInstance(kind, item);
}

function kindOf(item: object, { priceId, productId, productName }: ProductKinds): ProductClass {
  if ('priceId' in item) return priceId;
  return 'productId' in item ? productId : productName;
}

function isListOfObjects(value: unknown, max: number): boolean {
  return Array.isArray(value) && value.length >= 1 && value.length <= max && value.every(isJsonObject);
}
