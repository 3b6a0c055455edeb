import { describe, expect, it } from 'vitest';
import { isRedirectAllowed } from './redirect-url.js';

const live = { origins: ['https://shop.example', 'https://pay.example:8443'], sandboxMode: false };
const sandbox = { origins: [], sandboxMode: true };

describe('isRedirectAllowed', () => {
  it.each([
    'https://shop.example',
    'https://shop.example/ok?a=1#b',
    'https://SHOP.example/ok',
    'https://shop.example:443/ok',
    'https://pay.example:8443/ok',
    'https://shop.example/ok?session={CHECKOUT_SESSION_ID}',
  ])('lets customers go to %s', (text) => {
    expect(isRedirectAllowed(text, live)).toBe(true);
  });

  it.each([
    'http://shop.example/ok',
    'https://shop.example:8443/ok',
    'https://pay.example/ok',
    'https://shop.example.evil.example/ok',
    'https://evil.example/https://shop.example',
    'https://evil.example?https://shop.example',
    'https://sub.shop.example/ok',
    'https://user:secret@shop.example/ok',
    'https://user@shop.example/ok',
    'https://shop.example@evil.example/ok',
    'https://evil.example\\@shop.example/ok',
    'https:shop.example/ok',
    'https:/shop.example/ok',
    '//shop.example/ok',
    '/ok',
    '',
    ' https://shop.example/ok',
    'https://shop.example/ok\n',
    'https://sh\top.example/ok',
    'https://shop.example/a b',
    'javascript:alert(1)//https://shop.example',
    'data:text/html,https://shop.example',
    'ftp://shop.example/ok',
    'http://localhost:5173/ok',
    'http://127.0.0.1/ok',
    'https://example.com/ok',
  ])('does not let customers go to %j', (text) => {
    expect(isRedirectAllowed(text, live)).toBe(false);
  });

  it.each([
    'https://example.com/ok',
    'http://localhost/ok',
    'http://localhost:5173/ok',
    'http://127.0.0.1:8080/ok',
    'http://localhost:5173/ok?session={CHECKOUT_SESSION_ID}',
  ])('lets customers of the sandbox go to %s', (text) => {
    expect(isRedirectAllowed(text, sandbox)).toBe(true);
  });

  it.each([
    'http://example.com/ok',
    'https://example.com:8443/ok',
    'https://localhost/ok',
    'http://localhost.evil.example/ok',
    'http://127.0.0.1.evil.example/ok',
    'http://10.0.0.1/ok',
    'https://shop.example/ok',
  ])('does not let customers of the sandbox go to %s', (text) => {
    expect(isRedirectAllowed(text, sandbox)).toBe(false);
  });
});
