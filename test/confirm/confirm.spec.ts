import { describe, expect } from 'vitest';
import { idOf } from '#stripe/id-of.js';
import { expectProblem } from '../support/expect-problem.js';
import { payOnPage } from '../support/hosted-page.js';
import { answerBank, visit } from '../support/plain-browser.js';
import { confirmTest, press } from './confirm-test.js';

const it = confirmTest();
const HOUR_SECONDS = 60 * 60;
const RETURN_URL = 'https://example.com/paid';

describe('the problem of a charge that the customer can still pay', () => {
  it('has the link of the page, the same in every answer', async ({ paydesk, refusedCharge }) => {
    const { answer, send, url } = await refusedCharge();
    expectProblem(answer, 'authentication-required');
    expect(url).toMatch(new RegExp(`^${paydesk.url}/confirm/[\\w.-]+$`));
    expect((await send()).body.confirm_url).toBe(url);
  });

  it('is the same a day later, when its secrets are read from Stripe', async ({ refusedCharge, clock }) => {
    const { send, url, answer } = await refusedCharge();
    clock.moveSeconds(25 * HOUR_SECONDS);
    const later = await send();
    expect(later.body).toMatchObject({ confirm_url: url, clientSecret: answer.body.clientSecret });
    expect((await visit(url)).status).toBe(410);
  });

  it('has it after a decline too, but no client secret', async ({ refusedCharge }) => {
    const { answer, url } = await refusedCharge('pm_card_chargeCustomerFail');
    expectProblem(answer, 'card-declined');
    expect(answer.body).not.toHaveProperty('clientSecret');
    expect(Object.keys((await visit(url)).forms)).toEqual(['another-card']);
  });
});

describe('the page', () => {
  it('says who asks for how much and for what, and is not cached, framed or indexed', async ({
    refusedCharge,
  }) => {
    const { url } = await refusedCharge();
    const page = await visit(url);
    expect(page.status).toBe(200);
    expect(page.text).toContain('Sandbox asks you to pay');
    expect(page.text).toContain('$30.00');
    expect(page.text).toContain('Wellness exam');
    expect(page.text).not.toMatch(/<script|javascript:|\son\w+=|_secret_/);
    expect(Object.keys(page.forms)).toEqual(['authenticate', 'another-card']);
    expect(Object.fromEntries(page.headers)).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': expect.stringMatching(/^default-src 'none'.*form-action 'self'/),
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-robots-tag': 'noindex, nofollow',
      'x-frame-options': 'DENY',
    });
  });

  it.for([
    ['de', 'Sandbox bittet Sie um eine Zahlung', '30,00\u00a0$'],
    ['fr-CH, en;q=0.5', 'Sandbox vous demande un paiement', '30,00\u00a0$US'],
    ['es', 'Sandbox le solicita un pago', '30,00\u00a0US$'],
    ['it', 'Sandbox le richiede un pagamento', '30,00\u00a0USD'],
    ['ja', 'Sandbox asks you to pay', '$30.00'],
  ] as const)('is in the language of %s', async ([language, sentence, amount], { refusedCharge }) => {
    const { url } = await refusedCharge();
    const { text, headers } = await visit(url, 'GET', { 'accept-language': language });
    expect(text).toContain(sentence);
    expect(text).toContain(amount);
    expect(headers.get('vary')).toContain('Accept-Language');
  });

  it('escapes what it shows', async ({ refusedCharge }) => {
    const { url } = await refusedCharge(undefined, { description: '<img src=x> & "more"' });
    const response = await (await fetch(url)).text();
    expect(response).toContain('&lt;img src=x&gt; &amp; &quot;more&quot;');
  });

  it('has a style sheet of its own', async ({ paydesk, refusedCharge }) => {
    const { url } = await refusedCharge();
    const [, path] = /<link rel="stylesheet" href="([^"]+)"/.exec((await visit(url)).text) ?? [];
    const style = await fetch(new URL(path ?? '', paydesk.url));
    expect(style.status).toBe(200);
    expect(style.headers.get('content-type')).toContain('text/css');
  });

  it('shows nothing for a link that is forged, and asks Stripe nothing', async ({
    paydesk,
    refusedCharge,
  }) => {
    const { url } = await refusedCharge();
    const before = paydesk.stripeCalls.length;
    for (const forged of [
      `${url}a`,
      url.slice(0, -1),
      url.replace('pi_', 'pi_x'),
      `${paydesk.url}/confirm/x`,
    ]) {
      for (const page of [await visit(forged), await visit(`${forged}/authenticate`, 'POST')]) {
        expect(page.status).toBe(404);
        expect(page.text).toContain('This link is not valid');
        expect(page.text).not.toMatch(/30|Wellness|Sandbox/);
      }
    }
    expect(paydesk.stripeCalls).toHaveLength(before);
  });

  it('shows nothing once the link has expired', async ({ paydesk, refusedCharge, clock }) => {
    const { url } = await refusedCharge();
    const { forms } = await visit(url);
    clock.moveSeconds(24 * HOUR_SECONDS);
    const before = paydesk.stripeCalls.length;
    for (const page of [await visit(url), await visit(forms['another-card'] ?? '', 'POST')]) {
      expect(page.status).toBe(410);
      expect(page.text).toContain('This link has expired');
      expect(page.text).not.toMatch(/30\.|Wellness|Sandbox/);
    }
    expect(paydesk.stripeCalls).toHaveLength(before);
  });

  it('takes no form from another site, without an attempt, or of another type', async ({
    paydesk,
    refusedCharge,
  }) => {
    const { url } = await refusedCharge();
    const { forms } = await visit(url);
    const before = paydesk.stripeCalls.length;
    const form = forms['authenticate'] ?? '';
    expect((await visit(form, 'POST', { 'sec-fetch-site': 'cross-site' })).status).toBe(404);
    expect((await visit(form.split('?')[0] ?? '', 'POST')).status).toBe(404);
    expect((await visit(form, 'POST', { 'content-type': 'text/plain' })).status).toBe(415);
    expect(paydesk.stripeCalls).toHaveLength(before);
  });

  it('has no other route take forms', async ({ partner }) => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    expectProblem(
      await partner.post('/partners/user/u/setup_intent', 'a=b', headers),
      'unsupported-media-type',
    );
  });

  it('shows a page also while Stripe is away', async ({ paydesk, refusedCharge }) => {
    const { url } = await refusedCharge();
    paydesk.sandbox.faults.add({ path: '/v1/payment_intents/**', kinds: ['reset_before_effect'], share: 1 });
    const page = await visit(url);
    expect(page.status).toBe(503);
    expect(page.text).toContain('Please try again in a moment');
  });
});

describe('authentication', () => {
  it('pays, records it, notifies, and leads to the return URL', async ({
    paydesk,
    partner,
    refusedCharge,
    recorded,
    notified,
    paidAtStripe,
  }) => {
    const { url, id, path, send, answer } = await refusedCharge(undefined, { return_url: RETURN_URL });
    const bank = await press(await visit(url), 'authenticate');
    expect(bank).toContain(paydesk.sandbox.url);
    const back = await answerBank(bank);
    expect(back.startsWith(`${url}/return`)).toBe(true);
    expect(await visit(back)).toMatchObject({ status: 303, next: RETURN_URL });
    expect((await partner.get(path)).body).toMatchObject({ status: 'complete', amount: '3000' });
    expect(await recorded(id)).toMatchObject({ status: 'ACCEPTED', caller: 'partner:acme', type: 'charge' });
    expect((await notified(id)).at(-1)).toBe('payment.succeeded');
    expect(await paidAtStripe(id)).toHaveLength(1);
    const repeated = await send();
    expect(repeated).toMatchObject({ status: 402, body: { confirm_url: answer.body.confirm_url } });
  });

  it('shows the outcome without a return URL, and says that a used link is used', async ({
    refusedCharge,
  }) => {
    const { url } = await refusedCharge();
    const back = await answerBank(await press(await visit(url), 'authenticate'));
    for (const page of [await visit(back), await visit(url)]) {
      expect(page.status).toBe(200);
      expect(page.text).toContain('This payment is complete');
      expect(page.text).not.toMatch(/30\.|Wellness|<form/);
    }
  });

  it('that fails can be tried again, or the customer pays with another card', async ({
    refusedCharge,
    paidAtStripe,
  }) => {
    const { url, id } = await refusedCharge();
    const failed = await answerBank(await press(await visit(url), 'authenticate'), 'fail');
    const page = await visit(failed);
    expect(page.text).toContain('Your bank did not accept the payment');
    expect(Object.keys(page.forms)).toEqual(['authenticate', 'another-card']);
    await visit(await answerBank(await press(page, 'authenticate')));
    expect(await paidAtStripe(id)).toHaveLength(1);
  });

  it('confirms once, however often the button is pressed, and goes on where it was left', async ({
    paydesk,
    refusedCharge,
  }) => {
    const { url, id } = await refusedCharge();
    const { forms } = await visit(url);
    const before = paydesk.stripeCalls.length;
    const pressed = await Promise.all(
      Array.from({ length: 5 }, () => visit(forms['authenticate'] ?? '', 'POST')),
    );
    const confirms = paydesk.stripeCalls.slice(before).filter((call) => call.endsWith('/confirm'));
    expect(confirms).toHaveLength(1);
    const banks = new Set(pressed.flatMap(({ next }) => (next?.includes('/3ds/') ? [next] : [])));
    expect(banks.size).toBe(1);
    expect(await press(await visit(url), 'authenticate')).toBe([...banks][0]);
    expect(await paydesk.stripe.paymentIntents.retrieve(id)).toMatchObject({ status: 'requires_action' });
  });

  it('of a payment that is only reserved reserves it', async ({ partner, refusedCharge, paidAtStripe }) => {
    const { url, id, path } = await refusedCharge(undefined, { capture: 'manual' });
    const done = await visit(await answerBank(await press(await visit(url), 'authenticate')));
    expect(done.text).toContain('Thank you');
    expect(await paidAtStripe(id)).toMatchObject([{ status: 'requires_capture' }]);
    expect((await partner.post(`${path}/capture`, { amount: '1000' })).status).toBe(200);
  });

  it('is not possible once the partner has canceled the payment', async ({ partner, refusedCharge }) => {
    const { url, path } = await refusedCharge();
    const page = await visit(url);
    expect((await partner.post(`${path}/cancel`)).status).toBe(200);
    const pressed = await visit(page.forms['authenticate'] ?? '', 'POST');
    expect(new URL(pressed.next ?? '', url).pathname).toMatch(/\/return$/);
    for (const closed of [await visit(url), await visit(`${url}/return`)]) {
      expect(closed.status).toBe(410);
      expect(closed.text).toContain('This payment was cancelled');
    }
  });
});

describe('another card', () => {
  it('pays on a Checkout page in place of the payment, which keeps its id and its caller', async ({
    paydesk,
    partner,
    refusedCharge,
    recorded,
    notified,
    paidAtStripe,
  }) => {
    const metadata = { order: '6735' };
    const { url, id, path } = await refusedCharge('pm_card_chargeCustomerFail', {
      return_url: RETURN_URL,
      metadata,
      statement_descriptor_suffix: 'EXAM',
    });
    const checkout = await press(await visit(url), 'another-card');
    expect(await paydesk.stripe.paymentIntents.retrieve(id)).toMatchObject({ status: 'canceled' });
    expect(await recorded(id)).toMatchObject({ paymentID: id, status: 'PENDING' });
    expect((await partner.get(path)).body).toMatchObject({
      stripe_payment_id: id,
      status: 'requires payment method',
    });
    await payOnPage(checkout);
    expect(await visit(`${url}/return`)).toMatchObject({ status: 303, next: RETURN_URL });

    const [paid, ...others] = await paidAtStripe(id);
    expect(others).toEqual([]);
    expect(paid).toMatchObject({ amount: 3000, metadata, statement_descriptor_suffix: 'EXAM' });
    expect(await recorded(id)).toMatchObject({
      paymentID: id,
      status: 'ACCEPTED',
      type: 'charge',
      caller: 'partner:acme',
      stripe: { paymentIntent: paid?.id },
    });
    expect((await partner.get(path)).body).toMatchObject({ stripe_payment_id: id, status: 'complete' });
    expect(await notified(id)).toEqual(['payment.failed', 'checkout.completed', 'payment.succeeded']);
    expect((await visit(url)).text).toContain('This payment is complete');
  });

  it('has a name that is short enough for a product', async ({ paydesk, refusedCharge }) => {
    const description = '🙂'.repeat(260);
    const { url } = await refusedCharge('pm_card_chargeCustomerFail', { description });
    const checkout = await press(await visit(url), 'another-card');
    const session = (await paydesk.stripe.checkout.sessions.list({ limit: 100 })).data.find(
      ({ url: pageUrl }) => pageUrl === checkout,
    );
    const { data } = await paydesk.stripe.checkout.sessions.listLineItems(session?.id ?? '');
    expect(data).toMatchObject([{ description: '🙂'.repeat(250) }]);
  });

  it('is refused for a payment that was canceled in the meantime', async ({
    paydesk,
    partner,
    refusedCharge,
    recorded,
  }) => {
    const { url, id, path } = await refusedCharge('pm_card_chargeCustomerFail');
    const page = await visit(url);
    expect((await partner.post(`${path}/cancel`)).status).toBe(200);
    const answer = await visit(page.forms['another-card'] ?? '', 'POST');
    expect(answer.next ?? '').not.toContain('checkout');
    expect(await recorded(id)).toMatchObject({ status: 'FAILED' });
    expect((await paydesk.stripe.checkout.sessions.list({ payment_intent: id })).data).toEqual([]);
  });

  it('is not told as a cancellation, whatever events arrive', async ({
    paydesk,
    refusedCharge,
    recorded,
    notified,
    successesTold,
    shop,
  }) => {
    const { url, id } = await refusedCharge('pm_card_chargeCustomerFail');
    const checkout = await press(await visit(url), 'another-card');
    await paydesk.walkEvents();
    await expect.poll(async () => (await shop.get('/admin/events/health')).status).not.toBe(500);
    expect(await recorded(id)).toMatchObject({ status: 'PENDING' });
    await payOnPage(checkout);
    await paydesk.walkEvents();
    await expect.poll(async () => (await recorded(id)).status).toBe('ACCEPTED');
    await expect.poll(() => successesTold(id)).toBe(1);
    expect(await notified(id)).not.toContain('payment.canceled');
  });

  it('opens one page, however often and in however many windows it is asked for', async ({
    paydesk,
    refusedCharge,
  }) => {
    const { url, id } = await refusedCharge();
    const windows = [await visit(url), await visit(url), await visit(url)];
    const before = paydesk.stripeCalls.length;
    const pressed = await Promise.all(
      [...windows, ...windows].map(({ forms }) => visit(forms['another-card'] ?? '', 'POST')),
    );
    expect(
      paydesk.stripeCalls.slice(before).filter((call) => call === 'POST /v1/checkout/sessions'),
    ).toHaveLength(1);
    const pages = new Set(pressed.flatMap(({ next }) => (next?.includes('/c/pay/') ? [next] : [])));
    expect(pages.size).toBe(1);
    expect(await press(await visit(url), 'another-card')).toBe([...pages][0]);
    const { customer } = await paydesk.stripe.paymentIntents.retrieve(id);
    const { data } = await paydesk.stripe.checkout.sessions.list({ customer: idOf(customer) ?? '' });
    expect(data).toHaveLength(1);
  });

  it('and an authentication that are completed at once are never both paid', async ({
    refusedCharge,
    paidAtStripe,
    recorded,
  }) => {
    const { url, id } = await refusedCharge();
    const bank = await press(await visit(url), 'authenticate');
    const { forms } = await visit(url);
    const [, pressed] = await Promise.all([answerBank(bank), visit(forms['another-card'] ?? '', 'POST')]);
    if (pressed.next?.includes('/c/pay/')) await payOnPage(pressed.next);
    await visit(`${url}/return`);
    expect(await paidAtStripe(id)).toHaveLength(1);
    await expect.poll(async () => (await recorded(id)).status).toBe('ACCEPTED');
  });

  it('is not paid twice if the old payment has succeeded meanwhile', async ({
    refusedCharge,
    paidAtStripe,
  }) => {
    const { url, id } = await refusedCharge();
    const page = await visit(url);
    const bank = await press(page, 'authenticate');
    await answerBank(bank);
    const pressed = await visit(page.forms['another-card'] ?? '', 'POST');
    expect((await visit(new URL(pressed.next ?? '', url).href)).text).toContain('This payment is complete');
    expect(await paidAtStripe(id)).toHaveLength(1);
  });

  it('is opened in the end if the process loses the answers on the way', async ({
    paydesk,
    refusedCharge,
  }) => {
    const { url } = await refusedCharge();
    const { forms } = await visit(url);
    paydesk.sandbox.faults.add({
      method: 'POST',
      path: '/v1/checkout/sessions',
      kinds: ['reset_after_effect'],
      times: 20,
    });
    expect((await visit(forms['another-card'] ?? '', 'POST')).status).toBe(503);
    expect((await visit(url)).status).not.toBe(500);
    paydesk.sandbox.faults.clear();
    expect((await visit(forms['another-card'] ?? '', 'POST')).next).toContain('/c/pay/');
  });

  it('reserves what was only to be reserved, which the partner captures and refunds by the same id', async ({
    partner,
    refusedCharge,
  }) => {
    const { url, path } = await refusedCharge(undefined, { capture: 'manual' });
    await payOnPage(await press(await visit(url), 'another-card'));
    await visit(`${url}/return`);
    expect(await partner.post(`${path}/capture`, {})).toMatchObject({
      status: 200,
      body: { amount: '3000' },
    });
    expect((await partner.post(`${path}/refund`, { amount: '500' })).status).toBe(201);
  });

  it('can not be used once its page has expired: the payment has failed', async ({
    paydesk,
    refusedCharge,
    recorded,
    notified,
    clock,
  }) => {
    const { url, id } = await refusedCharge();
    await press(await visit(url), 'another-card');
    const { sessionId } = { sessionId: (await recorded(id)).stripe.session as string };
    await paydesk.stripe.checkout.sessions.expire(sessionId);
    clock.moveSeconds(1);
    expect((await visit(url)).text).toContain('This payment was cancelled');
    await visit(`${url}/return`);
    expect(await recorded(id)).toMatchObject({ status: 'FAILED' });
    expect(await notified(id)).toContain('payment.failed');
  });
});
