import { describe, expect, test } from 'vitest';
import { decodeForm } from './form.js';
import { array, boolean, decimal, object, readParams, removed, required, string } from './params.js';

const ENDIVE = { version: '2026-10-28.endive' };
const BEFORE = { version: '2025-03-31.basil' };

describe('a removed parameter', () => {
  const schema = {
    payment_method_types: removed(
      '2026-10-28',
      { code: 'payment_method_types_no_longer_supported', message: 'No longer supported.' },
      array(string()),
    ),
  };
  const form = decodeForm('payment_method_types[0]=card');

  test('is accepted before the version that removed it', () => {
    expect(readParams(schema, form, BEFORE)).toEqual({ payment_method_types: ['card'] });
  });

  test('is refused from that version on', () => {
    expect(() => readParams(schema, form, ENDIVE)).toThrow(
      expect.objectContaining({
        status: 400,
        body: expect.objectContaining({
          code: 'payment_method_types_no_longer_supported',
          param: 'payment_method_types',
        }),
      }),
    );
  });
});

test('an error inside an array names the item', () => {
  const schema = { line_items: array(object({ price: required(string()) })) };
  expect(() => readParams(schema, decodeForm('line_items[0][quantity]=1'), ENDIVE)).toThrow(
    expect.objectContaining({ body: expect.objectContaining({ param: 'line_items[0][quantity]' }) }),
  );
  expect(readParams(schema, decodeForm('line_items[0][price]=p'), ENDIVE)).toEqual({
    line_items: [{ price: 'p' }],
  });
});

test.for([
  ['on=true', { on: true }],
  ['on=false', { on: false }],
  ['at=1.25', { at: '1.25' }],
] as const)('%s', ([text, read]) => {
  expect(readParams({ on: boolean(), at: decimal() }, decodeForm(text), ENDIVE)).toEqual(read);
});

test.for(['on=1', 'on=', 'at=1e3', 'at=x'])('%s is refused', (text) => {
  expect(() => readParams({ on: boolean(), at: decimal() }, decodeForm(text), ENDIVE)).toThrow(
    expect.objectContaining({ status: 400 }),
  );
});
