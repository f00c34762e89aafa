import { readFileSync } from 'node:fs';
import { token } from '@deckwatch/contracts';
import { parse } from 'yaml';
import { z } from 'zod';

/** A place in a JSON document: names with dots between, `user.name`, or `items.0`. */
const Path = z.string().min(1).max(200);
const Attrs = z.record(z.string().min(1).max(64), Path).default({}).describe('attribute: where it stands');
const Seconds = (least: number, most: number) => z.number().min(least).max(most);

const Common = {
  app: z.string().min(1).max(128).transform(token),
  /** Tells sources of one app apart; default: its app and kind. */
  name: z
    .string()
    .regex(/^[a-z0-9][a-z0-9_-]{0,63}$/, 'allowed: a-z 0-9 - _')
    .optional(),
  /** The containers that serve it. */
  runsOn: z.strictObject({ project: z.string().min(1).max(255), service: z.string().min(1).max(255) }).optional(),
};

export const SHAPES = ['connect-redis', 'django', 'laravel', 'spring', 'kato', 'json', 'hash'] as const;
export type ShapeName = (typeof SHAPES)[number];
/** Those that say nothing of the names of keys. */
const PLACELESS: readonly ShapeName[] = ['json', 'hash'];

const REDIS_URL = /^(redis|rediss|redis\+sentinel|rediss\+sentinel):\/\//;

export const RedisSourceSettings = z
  .strictObject({
    ...Common,
    kind: z.literal('redis'),
    url: z
      .string()
      .regex(REDIS_URL, 'allowed: redis://, rediss://, redis+sentinel://host:port,…/master, rediss+sentinel://…')
      .describe('secret: may hold a password'),
    /** Whether the URL is a node of a Redis Cluster. */
    cluster: z.boolean().default(false),
    /** Path of the certificate authority's certificate. */
    ca: z.string().optional(),
    shape: z.enum(SHAPES).default('json'),
    /** What all keys begin with; the rest is the session's id at the source. Default: the shape's own. */
    prefix: z.string().max(200).optional(),
    /** A glob for the rest of the key. Default: the shape's own, else `*`. */
    match: z.string().min(1).max(200).optional(),
    /** Where the user stands. Default: the shape's own. */
    user: Path.optional(),
    attrs: Attrs,
    /** Whether a session may be revoked by deleting its key. */
    revoke: z.boolean().default(false),
    /** A check of everything each so many seconds, beside that after each gap. */
    reconcileEverySeconds: Seconds(10, 86_400).default(600),
  })
  .refine(({ prefix = '', match = '*', shape }) => `${prefix}${match}` !== '*' || !PLACELESS.includes(shape), {
    message: 'every key of the database would be a session: give a prefix or a match',
  });
export type RedisSourceSettings = z.output<typeof RedisSourceSettings>;

const HttpUrl = z.url({ protocol: /^https?$/, error: 'allowed: http:// or https://' });

export const HttpSourceSettings = z.strictObject({
  ...Common,
  kind: z.literal('http'),
  url: HttpUrl.describe('secret: may hold a token'),
  headers: z.record(z.string(), z.string()).default({}).describe('secret: may hold a token'),
  everySeconds: Seconds(1, 3600).default(10),
  timeoutSeconds: Seconds(0.5, 60).default(5),
  /** Where the list stands in the answer. Default: the answer is the list. */
  items: Path.optional(),
  /** Where the count stands in an answer that only counts. */
  count: Path.optional(),
  id: Path.default('id'),
  user: Path.optional(),
  attrs: Attrs,
  /** Times as Unix seconds, Unix milliseconds or ISO 8601. Default: when it was first listed, and when last. */
  createdAt: Path.optional(),
  lastSeenAt: Path.optional(),
  expiresAt: Path.optional(),
  /** Where the next page's address, or the cursor for `cursorParam`, stands; absent or null on the last page. */
  next: Path.optional(),
  cursorParam: z.string().max(64).optional(),
  /** An address with `{id}`, to which DELETE revokes a session. */
  revoke: z
    .string()
    .refine((text) => text.includes('{id}') && URL.canParse(text), 'allowed: an address with {id}')
    .optional(),
});
export type HttpSourceSettings = z.output<typeof HttpSourceSettings>;

/** An app that speaks for itself; here only to say what it runs on and whether it obeys. */
export const IngestSourceSettings = z.strictObject({ ...Common, kind: z.literal('ingest') });
export type IngestSourceSettings = z.output<typeof IngestSourceSettings>;

const SourceSettings = z.discriminatedUnion('kind', [RedisSourceSettings, HttpSourceSettings, IngestSourceSettings]);
export type SourceSettings = z.output<typeof SourceSettings> & { name: string };

const MOST_SOURCES = 100;

/**
 * The session sources as they are given: inline JSON or YAML, or the path of a file of it; a list, or `sources:` with a
 * list. `${NAME}` stands for a variable of the environment, so that no password need stand in the file.
 * Throws an Error whose message says where the fault is, and never what a secret was.
 */
export function readSources(text: string, env: Record<string, string | undefined>): SourceSettings[] {
  const inline = /^\s*[[{]/.test(text) || text.includes('\n');
  const document = parsed(inline ? text : fileText(text));
  const list = Array.isArray(document) ? document : (document as { sources?: unknown } | null)?.sources;
  const result = z.array(SourceSettings).max(MOST_SOURCES).safeParse(substituted(list, env));
  if (!result.success) {
    const [issue] = result.error.issues;
    throw new Error(`${issue!.path.join('.') || 'sources'}: ${issue!.message}`);
  }
  const named = result.data.map((source) => ({ ...source, name: source.name ?? `${source.app}-${source.kind}` }));
  const twice = named.find(({ name }, at) => named.findIndex((other) => other.name === name) < at);
  if (twice) throw new Error(`two sources are called ${twice.name}: give one of them a name of its own`);
  return named as SourceSettings[];
}

function fileText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new Error(`cannot read the file (${(error as NodeJS.ErrnoException).code ?? 'unreadable'})`, {
      cause: error,
    });
  }
}

function parsed(text: string): unknown {
  try {
    return parse(text, { maxAliasCount: 0 });
  } catch (error) {
    const [first] = (error as Error).message.split('\n');
    throw new Error(`not YAML or JSON: ${first!.split(':')[0]}`, { cause: error });
  }
}

function substituted(value: unknown, env: Record<string, string | undefined>): unknown {
  if (typeof value === 'string') {
    return value.replace(/\$\{(\w+)\}/g, (_, name: string) => {
      const text = env[name];
      if (text === undefined) throw new Error(`the variable ${name} is not set`);
      return text;
    });
  }
  if (Array.isArray(value)) return value.map((item) => substituted(item, env));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, substituted(item, env)]));
}
