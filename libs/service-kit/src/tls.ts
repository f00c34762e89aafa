import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { SettingsError } from './settings-error.ts';

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** What TLS takes: certificates and key in PEM. */
export interface TlsMaterial {
  ca?: string;
  cert?: string;
  key?: string;
}

/** A setting: the path of a file with one or more certificates in PEM. */
export const certificateFile = z
  .string()
  .refine(
    (path) => holds(() => readCertificates(path)),
    'allowed: the path of a readable file with certificates in PEM',
  )
  .optional();

/** A setting: the path of a file with a private key in PEM, without a pass phrase. */
export const privateKeyFile = z
  .string()
  .refine(
    (path) => holds(() => createPrivateKey(readFileSync(path))),
    'allowed: the path of a readable file with a private key in PEM, without a pass phrase',
  )
  .optional();

/** A setting: the path of any readable file. */
export const readableFile = z
  .string()
  .refine((path) => holds(() => readFileSync(path)), 'allowed: the path of a readable file')
  .optional();

/**
 * Reads the files that the settings `<prefix>_CA`, `_CERT` and `_KEY` name; undefined: none is given. Throws
 * SettingsError when certificate and key are not one pair.
 */
export function tlsMaterial(prefix: string, settings: Readonly<Record<string, unknown>>): TlsMaterial | undefined {
  const path = (rest: string) => settings[`${prefix}_${rest}`] as string | undefined;
  const [ca, cert, key] = [path('CA'), path('CERT'), path('KEY')];
  if (ca === undefined && cert === undefined && key === undefined) return undefined;
  if ((cert === undefined) !== (key === undefined)) {
    const [given, missing] = cert === undefined ? ['KEY', 'CERT'] : ['CERT', 'KEY'];
    throw new SettingsError(`${prefix}_${missing} is missing: allowed: a certificate and its key together, and ${prefix}_${given} is given`); // prettier-ignore
  }
  return { ...(ca !== undefined && { ca: read(`${prefix}_CA`, ca) }), ...(cert !== undefined && key !== undefined && pair(prefix, cert, key)) }; // prettier-ignore
}

function pair(prefix: string, certPath: string, keyPath: string): { cert: string; key: string } {
  const [cert, key] = [read(`${prefix}_CERT`, certPath), read(`${prefix}_KEY`, keyPath)];
  if (!new X509Certificate(cert).checkPrivateKey(createPrivateKey(key))) {
    throw new SettingsError(
      `${prefix}_KEY is ${JSON.stringify(keyPath)}: allowed: the key of the certificate in ${prefix}_CERT`,
    );
  }
  return { cert, key };
}

function read(name: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? 'unreadable';
    throw new SettingsError(`${name}: cannot read ${JSON.stringify(path)} (${reason}); allowed: a readable file`);
  }
}

function readCertificates(path: string): void {
  const found = readFileSync(path, 'utf8').match(CERTIFICATE);
  if (!found) throw new Error('no certificate in it');
  for (const text of found) void new X509Certificate(text);
}

function holds(check: () => unknown): boolean {
  try {
    check();
    return true;
  } catch {
    return false; // not there, not ours to read, or something else
  }
}
