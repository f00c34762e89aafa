import { readFileSync } from 'node:fs';
import { connect, credsAuthenticator, type ConnectionOptions, type NatsConnection } from '@nats-io/transport-node';
import { Backoff } from './backoff.ts';

export interface BrokerAddress {
  /** One or several URLs, comma separated; user and password may stand in them. */
  servers: string;
  /** How the client shows in the broker's lists. */
  name: string;
  /** Path of a credentials file. */
  creds?: string;
  /** Path of the certificate authority's certificate; turns TLS on. */
  ca?: string;
}

function connectionOptions(address: BrokerAddress, delay: () => number): ConnectionOptions {
  const urls = address.servers.split(',').map((server) => server.trim());
  const first = new URL(urls[0]!.includes('://') ? urls[0]! : `nats://${urls[0]!}`);
  return {
    servers: urls.map((url) => new URL(url.includes('://') ? url : `nats://${url}`).host),
    name: address.name,
    ...(first.username && { user: decodeURIComponent(first.username) }),
    ...(first.password && { pass: decodeURIComponent(first.password) }),
    ...(address.creds && { authenticator: credsAuthenticator(readFileSync(address.creds)) }),
    ...((address.ca || first.protocol === 'tls:') && { tls: address.ca ? { caFile: address.ca } : {} }),
    maxReconnectAttempts: -1,
    ignoreAuthErrorAbort: true,
    reconnectDelayHandler: delay,
    pingInterval: 5000,
    maxPingOut: 2,
    timeout: 5000,
    noAsyncTraces: true,
    inboxPrefix: '_INBOX',
  };
}

/**
 * Connects for good: it tries until the broker answers or `signal` is raised, and comes back after each loss with
 * jittered back-off.
 */
export async function connectForGood(address: BrokerAddress, signal?: AbortSignal): Promise<NatsConnection> {
  const backoff = new Backoff({ baseMs: 100, maxMs: 2000 });
  const options = connectionOptions(address, () => backoff.next());
  for (;;) {
    try {
      const connection = await connect(options);
      backoff.reset();
      return connection;
    } catch (error) {
      if (!(await backoff.pause(signal))) throw new Error('given up before the broker answered', { cause: error });
    }
  }
}
