import { lookup } from 'node:dns/promises';
import { invalidField } from '#core/problem.js';
import { AddressRules } from './address-rules.js';

const LOOKUP_TIMEOUT_MS = 2_000;

/**
 * Checks the URL of a new endpoint. A name is resolved only if it is http, as its address can change: it is checked again
 * at each delivery.
 *
 * @throws {Problem} `invalid-request`
 */
export async function requireDeliverableUrl(text: string, rules: AddressRules): Promise<void> {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) throw invalidField('url', 'must be an https URL');
  if (url.username !== '' || url.password !== '' || url.hash !== '') {
    throw invalidField('url', 'must not contain a user name, a password or a fragment');
  }
  const address = AddressRules.literalOf(url);
  if (address !== undefined && !rules.isDeliverable(address)) {
    throw invalidField('url', 'must be a public address');
  }
  if (url.protocol === 'https:') return;
  const addresses = address === undefined ? await addressesOf(url.hostname) : [address];
  const isAllowed = addresses.length > 0 && addresses.every((each) => rules.isAllowedNetwork(each));
  if (!isAllowed) throw invalidField('url', 'must be https');
}

async function addressesOf(name: string): Promise<string[]> {
  const timeout = new Promise<never[]>((resolve) => {
    setTimeout(() => resolve([]), LOOKUP_TIMEOUT_MS).unref();
  });
  const addresses = lookup(name, { all: true }).catch(() => []);
  return (await Promise.race([addresses, timeout])).map(({ address }) => address);
}
