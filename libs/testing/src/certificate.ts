import { generateKeyPairSync, randomUUID, sign, type KeyObject } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';

const DAY_MS = 86_400_000;
const ECDSA_SHA256 = Buffer.from('06082a8648ce3d040302', 'hex');
const COMMON_NAME = Buffer.from('0603550403', 'hex');
const SUBJECT_ALT_NAME = Buffer.from('0603551d11', 'hex');
const BASIC_CONSTRAINTS = Buffer.from('0603551d13', 'hex');
const TRUE = Buffer.from('0101ff', 'hex');

/** A certificate and its key; PEM. */
export interface Certified {
  cert: string;
  key: string;
}

/** Who signs certificates, and its own. */
export interface Authority {
  cert: string;
  /** For a host name or an IPv4 address; where it is a client's, its own name. */
  certify(name: string): Certified;
}

/** Paths, in PEM: who is trusted, one's own certificate and its key. */
export interface TlsFiles {
  ca: string;
  cert: string;
  key: string;
}

interface Pair {
  publicKey: KeyObject;
  privateKey: KeyObject;
}

/** In as few bytes as it takes. */
function lengthOf(bytes: number): number[] {
  if (bytes < 128) return [bytes];
  return bytes < 256 ? [0x81, bytes] : [0x82, bytes >> 8, bytes & 255];
}

/** A value in DER (X.690): tag, length, content. */
function der(tag: number, ...content: Buffer[]): Buffer {
  const body = Buffer.concat(content);
  const size = lengthOf(body.length);
  return Buffer.concat([Buffer.from([tag, ...size]), body]);
}
const sequence = (...content: Buffer[]): Buffer => der(0x30, ...content);
const time = (t: number): Buffer =>
  der(0x17, Buffer.from(`${new Date(t).toISOString().slice(2, 19).replace(/[-:T]/g, '')}Z`));
const distinguished = (name: string): Buffer =>
  sequence(der(0x31, sequence(COMMON_NAME, der(0x0c, Buffer.from(name)))));
const extension = (kind: Buffer, value: Buffer, ...critical: Buffer[]): Buffer =>
  sequence(kind, ...critical, der(0x04, value));
const pair = (): Pair => generateKeyPairSync('ec', { namedCurve: 'P-256' });

function altName(name: string): Buffer {
  const written = isIP(name) === 4 ? der(0x87, Buffer.from(name.split('.').map(Number))) : der(0x82, Buffer.from(name));
  return extension(SUBJECT_ALT_NAME, sequence(written));
}

/** A certificate that is valid for a day (RFC 5280), in PEM. */
function certificate(name: string, key: Pair, issuer: string, issuerKey: Pair, extensions: Buffer[]): string {
  const algorithm = sequence(ECDSA_SHA256);
  const body = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.from([1])),
    algorithm,
    distinguished(issuer),
    sequence(time(Date.now() - DAY_MS), time(Date.now() + DAY_MS)),
    distinguished(name),
    key.publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(...extensions)),
  );
  const signature = der(0x03, Buffer.from([0]), sign('sha256', body, issuerKey.privateKey));
  const lines = sequence(body, algorithm, signature)
    .toString('base64')
    .match(/.{1,64}/g)!;
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}

const pem = ({ privateKey }: Pair): string => privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

/** A certificate for that host name that signs itself, and its key. */
export function selfSigned(name: string): Certified {
  const key = pair();
  return { cert: certificate(name, key, name, key, [altName(name)]), key: pem(key) };
}

/** One that is new: what another of the same name signed is not its own. */
export function authority(name = 'an authority of the tests'): Authority {
  const own = pair();
  const mayCertify = extension(BASIC_CONSTRAINTS, sequence(TRUE), TRUE);
  return {
    cert: certificate(name, own, name, own, [mayCertify]),
    certify(subject) {
      const key = pair();
      return { cert: certificate(subject, key, name, own, [altName(subject)]), key: pem(key) };
    },
  };
}

/** Writes into the folder what somebody of that name needs who was certified by that authority and trusts it. */
export function tlsFiles(folder: string, by: Authority, name: string): TlsFiles {
  const path = join(folder, randomUUID());
  const files = { ca: `${path}.ca.pem`, cert: `${path}.cert.pem`, key: `${path}.key.pem` };
  const { cert, key } = by.certify(name);
  writeFileSync(files.ca, by.cert);
  writeFileSync(files.cert, cert);
  writeFileSync(files.key, key, { mode: 0o600 });
  return files;
}
