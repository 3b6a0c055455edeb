import 'reflect-metadata';
import { ValidationPipe } from '@nestjs/common';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KeyChangeRequest } from '../admin/guardrails.dto.js';
import { CHARGE_EXAMPLES, ChargeRequest } from '../partners/charge.dto.js';
import { PartnerUserPayment } from '../partners/partner-user.dto.js';
import { HistoryQuery } from '../users/history.dto.js';
import { acceptWellFormed } from './accept-well-formed.js';

const stockPipe = new ValidationPipe({
  whitelist: true,
  forbidNonWhitelisted: true,
  forbidUnknownValues: true,
  transform: true,
  stopAtFirstError: true,
});

const DTOS = [
  { type: ChargeRequest, valid: CHARGE_EXAMPLES.charge.value },
  { type: ChargeRequest, valid: CHARGE_EXAMPLES.currency.value },
  { type: PartnerUserPayment, valid: { user_id: 'user-42', id: 'pi_3TUvWxABCDEFGHIJ0RSTUVWX' } },
  {
    type: HistoryQuery,
    valid: { perPage: '20', direction: 'back', cursorId: 'ch_3TUvWxABCDEFGHIJ0KLMNOPQ' },
  },
  { type: HistoryQuery, valid: {} },
] as const;

/** A field that is missing, of another type or unknown, or has another value. */
function changed(valid: object): fc.Arbitrary<object> {
  const value = fc.oneof(
    fc.string(),
    fc.constantFrom('', '0', '30', 'usd', 'xxx', '4242424242424242', 'sk_test_abc', 'forward', 'pm_1'),
    fc.jsonValue({ maxDepth: 1 }),
    fc.constant(undefined),
  );
  const name = fc.constantFrom(
    ...Object.keys(valid),
    'currency',
    'direction',
    'path',
    'toPage',
    'constructor',
  );
  return fc.tuple(name, value).map(([field, given]) => Object.assign({}, valid, { [field]: given }));
}

describe('acceptWellFormed', () => {
  it.each(DTOS)('accepts $valid', async ({ type, valid }) => {
    const dto = acceptWellFormed(type, valid);
    expect(dto).toBeInstanceOf(type);
    expect(dto).toEqual(await stockPipe.transform(valid, { type: 'body', metatype: type }));
  });

  it.each(DTOS)('accepts no change of $valid that class-validator refuses', async ({ type, valid }) => {
    const accepted = fc.sample(changed(valid), 500).filter((input) => acceptWellFormed(type, input));
    const stock = accepted.map((input) => stockPipe.transform(input, { type: 'body', metatype: type }));
    expect(await Promise.all(stock)).toEqual(accepted.map((input) => acceptWellFormed(type, input)));
  });

  it('leaves DTOs with nested objects to class-validator', () => {
    expect(acceptWellFormed(KeyChangeRequest, {})).toBeUndefined();
  });
});
