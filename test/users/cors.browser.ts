import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { startBrowser } from '../../libs/stripe-sandbox/test/browser/browser.js';
import { startPaydesk } from '../support/paydesk.js';
import { ManualClock } from '../support/manual-clock.js';

/** Serves an empty page. Returns its origin. */
async function openSite(): Promise<string> {
  const server = createServer((_request, response) =>
    response.setHeader('content-type', 'text/html').end('<p>'),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('a page of an allowed origin can call the routes of its user, and a page of another one can not', async () => {
  const [shop, other] = [await openSite(), await openSite()];
  const paydesk = await startPaydesk({ clock: new ManualClock(), environment: { CORS_ORIGINS: shop } });
  onTestFinished(() => paydesk.close());
  const browser = await startBrowser();
  onTestFinished(() => browser.close());
  const { authorization = '' } = (await paydesk.user('bob')).authorization;

  const callFrom = async (origin: string) => {
    const page = await browser.newPage();
    await page.goto(origin);
    return page.evaluate(
      ([url, token]) =>
        fetch(`${url}/payments/create-setup-intent`, {
          method: 'POST',
          headers: { authorization: token!, 'idempotency-key': 'first-card' },
        }).then(
          (response) => `${response.status} ${response.headers.get('idempotency-key')}`,
          (error: Error) => error.name,
        ),
      [paydesk.url, authorization],
    );
  };
  expect(await callFrom(other)).toBe('TypeError');
  expect(paydesk.stripeCalls).toEqual([]);
  expect(await callFrom(shop)).toBe('201 first-card');
});
