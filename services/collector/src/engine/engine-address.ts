import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where the engine is. */
export type EngineAddress =
  | { kind: 'unix'; socketPath: string }
  | { kind: 'tcp'; host: string; port: number; tls: { ca: Buffer; cert: Buffer; key: Buffer } | null }
  | { kind: 'kubernetes'; server: string; node: string };

/** Where an engine is that speaks Docker's API. */
export type DockerAddress = Exclude<EngineAddress, { kind: 'kubernetes' }>;

export interface DockerEnvironment {
  /** DOCKER_HOST */
  host?: string | undefined;
  /** DOCKER_TLS_VERIFY: on when it holds anything. */
  tlsVerify?: string | undefined;
  /** DOCKER_CERT_PATH: the folder of ca.pem, cert.pem, key.pem. */
  certPath?: string | undefined;
}

export const DEFAULT_SOCKET = '/var/run/docker.sock';
const PLAIN_PORT = 2375;
const TLS_PORT = 2376;

/** What is wrong with DOCKER_HOST or its certificates, in one line. */
export class AddressError extends Error {}

/** Reads DOCKER_HOST as Docker's own tools do. Throws AddressError. */
export function engineAddress(environment: DockerEnvironment): DockerAddress {
  const text = environment.host || `unix://${DEFAULT_SOCKET}`;
  if (text.startsWith('unix://')) return { kind: 'unix', socketPath: text.slice('unix://'.length) || DEFAULT_SOCKET };
  const url = remoteUrl(text);
  if (!url) {
    throw new AddressError(
      `DOCKER_HOST is ${JSON.stringify(text)}: allowed: unix:///path/of/docker.sock or tcp://host:port`,
    );
  }
  const secure = Boolean(environment.tlsVerify) || url.protocol === 'https:';
  const port = Number(url.port) || (secure ? TLS_PORT : PLAIN_PORT);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  return { kind: 'tcp', host, port, tls: secure ? certificates(environment.certPath) : null };
}

/** Whether DOCKER_HOST can be read. */
export function isEngineHost(text: string): boolean {
  return text.startsWith('unix://') || remoteUrl(text) !== undefined;
}

function remoteUrl(text: string): URL | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url && ['tcp:', 'http:', 'https:'].includes(url.protocol) && url.hostname !== '' ? url : undefined;
}

export function describeAddress(address: EngineAddress): string {
  if (address.kind === 'kubernetes') return `${address.server} (node ${address.node})`;
  return address.kind === 'unix' ? `unix://${address.socketPath}` : `tcp://${address.host}:${address.port}`;
}

function certificates(folder: string | undefined) {
  const from = folder || join(homedir(), '.docker');
  const read = (name: string): Buffer => {
    try {
      return readFileSync(join(from, name));
    } catch (error) {
      const reason = (error as NodeJS.ErrnoException).code ?? 'unreadable';
      throw new AddressError(
        `DOCKER_CERT_PATH: cannot read ${join(from, name)} (${reason}); allowed: a folder with ca.pem, cert.pem, key.pem`,
      );
    }
  };
  return { ca: read('ca.pem'), cert: read('cert.pem'), key: read('key.pem') };
}
