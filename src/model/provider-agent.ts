import http from 'node:http';
import https from 'node:https';
import { readIntoOneBuffer } from './socket-reads.js';

/**
 * The agent of connections to providers, which read into one buffer. Through a proxy that Node was told of (`NODE_USE_ENV_PROXY`) a
 * connection is Node's own, and reads as Node does it.
 */
export function agentFor({ protocol }: URL): http.Agent {
  return protocol === 'https:' ? secure : plain;
}

class PlainAgent extends http.Agent {
  override createConnection(...[options, created]: Parameters<http.Agent['createConnection']>) {
    return readIntoOneBuffer((reading) => super.createConnection({ ...options, ...reading }, created));
  }
}

class SecureAgent extends https.Agent {
  override createConnection(...[options, created]: Parameters<https.Agent['createConnection']>) {
    return readIntoOneBuffer((reading) => super.createConnection({ ...options, ...reading }, created));
  }
}

const ofNode = http.globalAgent as unknown as { readonly options: http.AgentOptions };
const plain = new PlainAgent(ofNode.options);
const secure = new SecureAgent(ofNode.options);
