import { describe, expect, it } from 'vitest';
import { redact } from './redact.js';

describe('redact', () => {
  it.each([
    'sk_live_51AbCdEf',
    'rk_test_51AbCdEf',
    'whsec_abc+/123==',
    'pdk_partner_AbC-dEf_123',
    'seti_1AbC_secret_DeF456',
    'cs_test_a1b2_secret_fidkdWxOYHw',
    'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJib2IifQ.c2lnbmF0dXJl',
    'Bearer abc.def-123',
    'authorization: basic c2tfdGVzdF8x',
    'bob.o+x@mail.example.com',
    'jürgen@bücher.example',
    'bob%40example.com',
    '4242424242424242',
    '4242 4242 4242 4242',
    '3782-822463-10005',
  ])('replaces %s', (secret) => {
    const line = JSON.stringify({ level: 50, time: 1_732_567_890_123, msg: `before "${secret}" after` });
    const { time, msg } = JSON.parse(redact(line));
    expect(time).toBe(1_732_567_890_123);
    expect(msg).toMatch(/^before "(authorization: )?(\w+ )?\[\w+\]" after$/);
  });

  it.each([
    '{"level":30,"time":1732567890123,"pid":1234567,"requestId":"0f8fad5b-d9cb-469f-a165-70867728950e"}',
    'at Object.<anonymous> (file:///app/node_modules/@nestjs/core@12.5.1/index.js:10:15)',
    'pi_3TUvWxABCDEFGHIJ0RSTUVWX is requires_action',
    // Its digits contain 4495 9842 28948, which could be a number of Visa.
    '{"operationId":"447ebf44-434c-4495-9842-28948fe1227c"}',
  ])('leaves %s as it is', (line) => {
    expect(redact(line)).toBe(line);
  });

  it('takes little time for a long line', () => {
    expect(redact(`${'a'.repeat(100_000)}@`)).toHaveLength(100_001);
    expect(redact('1 '.repeat(50_000))).toHaveLength(100_000);
  });
});
