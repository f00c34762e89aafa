import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { checkServerIdentity as checkIdentity, type ConnectionOptions as TlsOptions, type PeerCertificate } from 'node:tls'; // prettier-ignore
import { connect, credsAuthenticator, type ConnectionOptions, type NatsConnection } from '@nats-io/transport-node';
import { Backoff } from './backoff.ts';
import { connectionFault } from './connection-fault.ts';
import { lateRefusal } from './late-refusal.ts';

export interface BrokerAddress {
  /** One or several URLs, comma separated; user and password may stand in them. */
  servers: string;
  /** How the client shows in the broker's lists. */
  name: string;
  /** Path of a credentials file. */
  creds?: string;
  /** Path of the certificate authority's certificate; turns TLS on. */
  ca?: string;
  /** Paths of this client's own certificate and its key, where the broker asks for one. */
  cert?: string;
  key?: string;
  /** Where answers come in; a broker with users may allow each its own alone. Default: `_INBOX`. */
  inboxPrefix?: string;
}

function urlsOf({ servers }: BrokerAddress): [URL, ...URL[]] {
  const texts = servers.split(',').map((server) => server.trim());
  return texts.map((text) => new URL(text.includes('://') ? text : `nats://${text}`)) as [URL, ...URL[]];
}

function connectionOptions(address: BrokerAddress, delay: () => number): ConnectionOptions {
  const urls = urlsOf(address);
  const [first] = urls;
  return {
    servers: urls.map(({ host }) => host),
    name: address.name,
    ...(first.username && { user: decodeURIComponent(first.username) }),
    ...(first.password && { pass: decodeURIComponent(first.password) }),
    ...(address.creds && { authenticator: credsAuthenticator(readFileSync(address.creds)) }),
    ...tlsOptions(address, urls),
    maxReconnectAttempts: -1,
    ignoreAuthErrorAbort: true,
    reconnectDelayHandler: delay,
    // A server whose machine is gone says nothing: it is left after three unanswered pings.
    pingInterval: 2000,
    maxPingOut: 2,
    timeout: 5000,
    noAsyncTraces: true,
    inboxPrefix: address.inboxPrefix ?? '_INBOX',
  };
}

/** TLS as soon as a URL or a file asks for it. */
function tlsOptions({ ca, cert, key }: BrokerAddress, urls: URL[]): Pick<ConnectionOptions, 'tls'> {
  if (!ca && !cert && urls[0]!.protocol !== 'tls:') return {};
  const addresses = urls.map(({ hostname }) => hostname.replace(/^\[|\]$/g, '')).filter(isIP);
  const files = { ...(ca && { caFile: ca }), ...(cert && { certFile: cert, keyFile: key }) };
  if (addresses.length === 0) return { tls: files };
  // The client names no server to TLS when it has an address only, which TLS then takes for "localhost".
  const checkServerIdentity = (host: string, shown: PeerCertificate): Error | undefined => {
    const faults = (host === 'localhost' ? addresses : [host]).map((name) => checkIdentity(name, shown));
    return faults.includes(undefined) ? undefined : faults[0];
  };
  return { tls: { ...files, checkServerIdentity } as ConnectionOptions['tls'] };
}

const NATS_PORT = 4222;

/** No answer may be one that the client library missed. */
async function missed(error: unknown, address: BrokerAddress, { tls }: ConnectionOptions): Promise<Error | undefined> {
  if (!tls || (error as Error).name !== 'TimeoutError') return undefined;
  const [{ hostname, port }] = urlsOf(address);
  const { checkServerIdentity } = tls as TlsOptions;
  const { ca, cert, key } = address;
  const files = {
    ...(ca && { ca: readFileSync(ca) }),
    ...(cert && key && { cert: readFileSync(cert), key: readFileSync(key) }),
    ...(checkServerIdentity && { checkServerIdentity }),
  };
  const host = hostname.replace(/^\[|\]$/g, '');
  return lateRefusal({ host, port: Number(port || NATS_PORT), tls: files, greets: true });
}

/** The next loss is tried again as quickly as the first. Ends with the connection. */
async function resetWhenBack(connection: NatsConnection, backoff: Backoff): Promise<void> {
  for await (const { type } of connection.status()) if (type === 'reconnect') backoff.reset();
}

/**
 * Connects for good: it tries until the broker answers or `signal` is raised, and comes back after each loss with
 * jittered back-off. Why it can't is told once for each reason.
 */
export async function connectForGood(
  address: BrokerAddress,
  signal?: AbortSignal,
  onFault: (fault: string) => void = () => undefined,
): Promise<NatsConnection> {
  const backoff = new Backoff({ baseMs: 100, maxMs: 2000 });
  const options = connectionOptions(address, () => backoff.next());
  let lastFault = '';
  for (;;) {
    try {
      const connection = await connect(options);
      backoff.reset();
      void resetWhenBack(connection, backoff);
      return connection;
    } catch (error) {
      const fault = connectionFault((await missed(error, address, options)) ?? error, 'NATS');
      if (fault !== lastFault) onFault(fault);
      lastFault = fault;
      if (!(await backoff.pause(signal))) throw new Error('given up before the broker answered', { cause: error });
    }
  }
}
