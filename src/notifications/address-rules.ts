import { Injectable } from '@nestjs/common';
import ipaddr from 'ipaddr.js';
import { Settings } from '../config/settings.js';

/** What ipaddr.js calls addresses that are not for a special purpose: https://www.iana.org/assignments/iana-ipv4-special-registry */
const PUBLIC = 'unicast';
/** Others, such as IPv4 addresses in `::/96`, are not global: https://www.iana.org/assignments/ipv6-address-space */
const GLOBAL_IPV6 = ipaddr.parseCIDR('2000::/3');

/** Which addresses notifications may be delivered to: public ones, and those of `NOTIFICATION_ALLOWED_NETWORKS`. */
@Injectable()
export class AddressRules {
  private readonly allowed: ReturnType<typeof ipaddr.parseCIDR>[];

  constructor(settings: Settings) {
    this.allowed = settings.allowedNetworks.map(parseNetwork);
  }

  /** The IP address in a URL; undefined if its host is a name. */
  static literalOf({ hostname }: URL): string | undefined {
    const host = hostname.replace(/^\[(.*)\]$/, '$1');
    return ipaddr.isValid(host) ? host : undefined;
  }

  /** Whether the settings name networks at all. */
  get allowsNetworks(): boolean {
    return this.allowed.length > 0;
  }

  isDeliverable(address: string): boolean {
    return this.isAllowedNetwork(address) || isPublic(address);
  }

  /** Whether an address is in a network that the settings name. An IPv4 address within IPv6 counts as IPv4. */
  isAllowedNetwork(address: string): boolean {
    const parsed = ipaddr.process(address);
    return this.allowed.some(
      ([network, length]) => network.kind() === parsed.kind() && parsed.match(network, length),
    );
  }
}

function isPublic(address: string): boolean {
  const parsed = ipaddr.process(address);
  const isGlobal = parsed.kind() === 'ipv4' || parsed.match(GLOBAL_IPV6[0], GLOBAL_IPV6[1]);
  return isGlobal && parsed.range() === PUBLIC;
}

function parseNetwork(text: string): ReturnType<typeof ipaddr.parseCIDR> {
  if (text.includes('/')) return ipaddr.parseCIDR(text);
  const address = ipaddr.parse(text);
  return [address, address.kind() === 'ipv4' ? 32 : 128];
}
