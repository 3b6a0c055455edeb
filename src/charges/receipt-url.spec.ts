import { describe, expect, it } from 'vitest';
import { isStripePage } from './receipt-url.js';

describe('isStripePage', () => {
  it.each([
    ['https://pay.stripe.com/receipts/payment/CAcQARoX', true],
    ['https://dashboard.stripe.com/', true],
    ['http://pay.stripe.com/receipts', false],
    ['https://stripe.com.evil.example/', false],
    ['https://evilstripe.com/', false],
    ['https://pay.stripe.com@evil.example/', false],
    ['https://user:password@pay.stripe.com/', false],
    ['https://pay.stripe.com:8443/', false],
    ['javascript:alert(1)//.stripe.com', false],
    ['//pay.stripe.com/receipts', false],
    ['', false],
  ])('%s: %s', (url, expected) => {
    expect(isStripePage(url)).toBe(expected);
  });

  it.each([
    ['http://127.0.0.1:12111/receipts/payment/ch_1', true],
    ['https://pay.stripe.com/receipts/payment/CAcQARoX', true],
    ['http://127.0.0.1:12112/receipts/payment/ch_1', false],
    ['https://127.0.0.1:12111/receipts/payment/ch_1', false],
    ['http://user:password@127.0.0.1:12111/', false],
    ['https://evil.example/receipts', false],
  ])('%s with another API than Stripe’s: %s', (url, expected) => {
    expect(isStripePage(url, 'http://127.0.0.1:12111')).toBe(expected);
  });
});
