// A test of a caller of Paydesk: a Checkout page is paid, and the clock moves. scripts/try-testing.sh runs it elsewhere.
import { startPaydesk } from 'paydesk/testing';

const paydesk = await startPaydesk();
const headers = {
  authorization: 'Bearer ' + (await paydesk.serviceKey('shop')),
  'content-type': 'application/json',
};
const redirects = { successRedirect: 'https://example.com/ok', failureRedirect: 'https://example.com/ko' };
const body = JSON.stringify({ amount: '5.00', ...redirects });
const paid = await (await fetch(paydesk.url + '/pay', { method: 'POST', headers, body })).json();
const status = async () =>
  (await (await fetch(paydesk.url + '/status?paymentID=' + paid.paymentID, { headers })).json()).status;
const before = await status();
await fetch(paid.redirectToUrl, {
  method: 'POST',
  redirect: 'manual',
  body: new URLSearchParams({ number: '4242424242424242' }),
});
const after = await status();
const startedMs = paydesk.now().getTime();
paydesk.moveClock(86_400_000);
const user = await fetch(paydesk.url + '/payments/get-history', {
  headers: { authorization: 'Bearer ' + (await paydesk.userToken('bob')) },
});
console.log(
  JSON.stringify({
    before,
    after,
    user: user.status,
    days: Math.floor((paydesk.now().getTime() - startedMs) / 86_400_000),
  }),
);
await paydesk.close();
