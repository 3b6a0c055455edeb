import ipaddr from 'ipaddr.js';

/** Whether a value is an IP address, or a range in CIDR notation that is not the whole internet. */
export function isAddressRange(value: unknown): boolean {
  if (typeof value !== 'string') return false;
  const [address = '', prefixLength] = value.split('/');
  return (
    isAddress(address) &&
    (prefixLength === undefined || (ipaddr.isValidCIDR(value) && Number(prefixLength) > 0))
  );
}

/** `ipaddr.isValid` would also accept `10.1`, as `inet_aton` does. */
function isAddress(text: string): boolean {
  return ipaddr.IPv6.isValid(text) || ipaddr.IPv4.isValidFourPartDecimal(text);
}
