import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { SettingsError } from './settings-error.ts';
import { certificateFile, privateKeyFile, readableFile } from './tls.ts';

type Environment = Record<string, string | undefined>;

/** A setting's text: the variable itself, or the content of the file that NAME_FILE names. Empty counts as absent. */
function textOf(name: string, env: Environment): string | undefined {
  const file = env[`${name}_FILE`];
  if (env[name]) return env[name];
  if (!file) return undefined;
  try {
    return readFileSync(file, 'utf8').trim() || undefined;
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? 'unreadable';
    throw new SettingsError(
      `${name}_FILE: cannot read ${JSON.stringify(file)} (${reason}); allowed: the path of a readable file`,
    );
  }
}

/**
 * Reads settings from the environment by a shape whose keys are the variables' names. Throws SettingsError; secrets
 * are those whose description begins with "secret", and are never shown.
 */
export function readSettings<S extends z.ZodRawShape>(shape: S, env: Environment): Readonly<z.output<z.ZodObject<S>>> {
  const texts = Object.fromEntries(Object.keys(shape).map((name) => [name, textOf(name, env)]));
  const result = z.object(shape).safeParse(texts);
  if (result.success) return Object.freeze(result.data);
  const [issue] = result.error.issues;
  const name = String(issue!.path[0]);
  const secret = isSecret(shape[name] as z.ZodType | undefined);
  const value =
    texts[name] === undefined ? 'is missing' : secret ? 'has a wrong value' : `is ${JSON.stringify(texts[name])}`;
  throw new SettingsError(`${name} ${value}: ${issue!.message}`);
}

/** A whole number between `min` and `max`. */
export function integer(min: number, max: number, fallback: number) {
  const message = `allowed: a whole number from ${min} to ${max}`;
  return z
    .string()
    .default(String(fallback))
    .transform((text, context) => {
      const value = Number(text);
      if (/^-?\d+$/.test(text) && value >= min && value <= max) return value;
      context.addIssue({ code: 'custom', message });
      return z.NEVER;
    });
}

/** A TCP port; 0 takes any that is free. */
export const port = (fallback: number) => integer(0, 65_535, fallback);

/** One of several words. */
export function choice<const T extends readonly [string, ...string[]]>(words: T, fallback: T[number]) {
  return z.enum(words, { error: `allowed: ${words.join(', ')}` }).default(fallback as never);
}

/** A URL with one of the given schemes, such as `nats:`. */
export function address(...schemes: string[]) {
  const message = `allowed: a URL that begins with ${schemes.map((scheme) => `${scheme}//`).join(' or ')}`;
  const fits = (text: string) =>
    text.split(',').every((part) => URL.canParse(part) && schemes.includes(new URL(part).protocol));
  return z.string().refine(fits, message);
}

/** 32 bytes in base64: what encrypts secrets at rest. */
export const secretKey = z
  .string()
  .transform((text, context) => {
    const key = Buffer.from(text, 'base64');
    if (key.length === 32) return key;
    context.addIssue({
      code: 'custom',
      message: 'allowed: 32 bytes in base64, such as `openssl rand -base64 32` prints',
    });
    return z.NEVER;
  })
  .describe('secret key');

/** The settings that every service reads. */
export const COMMON_SETTINGS = {
  NATS_URL: address('nats:', 'tls:').default('nats://127.0.0.1:4222').describe('secret: may hold a password'),
  NATS_CREDS: readableFile,
  NATS_CA: certificateFile,
  NATS_CERT: certificateFile,
  NATS_KEY: privateKeyFile,
  /** Where answers come in; brokers that we start allow each service its own alone. */
  NATS_INBOX_PREFIX: z
    .string()
    .regex(/^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$/, 'allowed: a subject without wildcards, such as _INBOX')
    .default('_INBOX'),
  /** How many servers of a NATS cluster keep each stream and bucket; absent: as they are. */
  NATS_REPLICAS: z.enum(['1', '3', '5'], { error: 'allowed: 1, 3, 5' }).transform(Number).optional(),
  DECKWATCH_LOG_LEVEL: choice(['debug', 'info', 'warn', 'error'], 'info'),
  DECKWATCH_DATA: z.string().default('.deckwatch'),
  /** Where health and metrics of a service are served; 0: any free port, and for the gateway its own alone. */
  DECKWATCH_OPS_PORT: port(0),
  DECKWATCH_OPS_HOST: z.string().default('127.0.0.1'),
  /** How this instance is called among others of its service. */
  DECKWATCH_INSTANCE: z.string().max(100).optional(),
};

export const REDIS_SETTINGS = {
  REDIS_URL: address('redis:', 'rediss:').default('redis://127.0.0.1:6379').describe('secret: may hold a password'),
  REDIS_CA: certificateFile,
  REDIS_CERT: certificateFile,
  REDIS_KEY: privateKeyFile,
};

/** A description is not handed on to what wraps a schema. */
function isSecret(schema: z.ZodType | undefined): boolean {
  if (schema?.description?.startsWith('secret')) return true;
  const wraps = schema instanceof z.ZodOptional || schema instanceof z.ZodDefault;
  return wraps && isSecret(schema.unwrap() as z.ZodType);
}
