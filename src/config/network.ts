import { isIP } from 'node:net';

export interface Network {
  address: string;
  prefix: number;
  family: 'ipv4' | 'ipv6';
}

/**
 * Reads a CIDR block, or a single address.
 * @throws Error that says what is wrong with it
 */
export function parseNetwork(text: string): Network {
  const [address = '', bits, ...rest] = text.split('/');
  const version = isIP(address);
  const width = version === 6 ? 128 : 32;
  const prefix = bits === undefined ? width : /^\d{1,3}$/.test(bits) ? Number(bits) : NaN;
  if (version === 0 || rest.length > 0 || !(prefix <= width))
    throw new Error(`${text} is not an IP address or a CIDR block`);
  if (prefix === 0) throw new Error(`${text} is every address there is; name the addresses of the gateway`);
  return { address, prefix, family: version === 6 ? 'ipv6' : 'ipv4' };
}
