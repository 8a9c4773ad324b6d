import { BlockList, isIP } from 'node:net';
import { parseNetwork } from '../../config/network.js';

/** Tells whether the peer of a socket is one of our gateways. `networks` are CIDR blocks and addresses. */
export class TrustedProxies {
  readonly #networks = new BlockList();

  constructor(networks: readonly string[]) {
    for (const { address, prefix, family } of networks.map(parseNetwork))
      this.#networks.addSubnet(address, prefix, family);
  }

  /** `address` as a socket tells it; an IPv4 address may be in its IPv6 form (RFC 4291 §2.5.5.2). */
  includes(address: string | undefined): boolean {
    if (address === undefined) return false;
    const peer = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address;
    const version = isIP(peer);
    return version !== 0 && this.#networks.check(peer, version === 6 ? 'ipv6' : 'ipv4');
  }
}
