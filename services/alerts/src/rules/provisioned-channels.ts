import { readFile } from 'node:fs/promises';
import { RpcFault } from '@deckwatch/bus';
import { CHANNEL_TYPES, ChannelDraft, SECRET_FIELDS, StoredChannel, Token, token } from '@deckwatch/contracts';
import { z } from 'zod';
import { checkDraft, secretOf, type FieldFault } from '../notification/channel-check.ts';

/** A channel of the provisioning file, its secret opened: it is kept in memory alone. */
export interface ProvisionedChannel {
  channel: StoredChannel;
  secret: string | null;
}

/** A channel as the file has it: with `id`, and with references in the place of what is secret. */
export const FileChannel = z.looseObject({
  id: Token.max(64).optional(),
  name: z.string().min(1).max(100),
  type: z.enum(CHANNEL_TYPES),
});
export type FileChannel = z.infer<typeof FileChannel>;

/** Where references lead. */
export interface References {
  env: Readonly<Record<string, string | undefined>>;
  /** Rejects where it cannot be read. */
  read(path: string): Promise<string>;
}

export const realReferences = (env: References['env']): References => ({
  env,
  read: (path) => readFile(path, 'utf8'),
});

/** Throws RpcFault 400 with each fault and its path. */
export async function readChannel(item: FileChannel, references: References): Promise<ProvisionedChannel> {
  const written = await resolved(item, references);
  const parsed = ChannelDraft.safeParse(written);
  const unknown = unknownFields(item.type, written);
  const faults = [
    ...unknown.map((path) => ({ path, message: `a channel of type ${item.type} has no such field` })),
    ...(parsed.error?.issues ?? []).map(({ path, message }) => ({ path: path.map(String).join('.'), message })),
  ];
  if (!parsed.success || faults.length > 0) throw refusal(faults);
  const draft = parsed.data;
  await checkDraft(draft, undefined);
  const secretUrl = draft.type === 'slack' || draft.type === 'heartbeat';
  const origin = secretUrl && draft.url !== undefined ? new URL(draft.url).origin : null;
  return {
    channel: StoredChannel.parse({ ...draft, id: channelId(item), sealed: null, origin }),
    secret: secretOf(draft) ?? null,
  };
}

export function channelId({ id, name }: FileChannel): string {
  return id ?? token(name).slice(0, 64);
}

/** The file of a secret, where a channel names one. */
export function secretFileOf(item: FileChannel): string | undefined {
  const path = item[`${SECRET_FIELDS[item.type]}File`];
  return typeof path === 'string' ? path : undefined;
}

/** The fields with what references lead to. What is secret must not stand in the file itself. */
async function resolved(item: FileChannel, references: References): Promise<Record<string, unknown>> {
  const secret = SECRET_FIELDS[item.type];
  const fileField = `${secret}File`;
  const { id: _, [fileField]: path, ...rest } = item as Record<string, unknown>;
  const plain = rest[secret];
  if (typeof plain === 'string' && !REFERENCE.test(plain))
    throw refusal([{ path: secret, message: `is a secret: write \${NAME} of a variable, or ${fileField}` }]);
  const found: [string, unknown][] = [];
  for (const [field, value] of Object.entries(rest)) found.push([field, substituted(field, value, references.env)]);
  if (path !== undefined) found.push([secret, await secretIn(fileField, path, references)]);
  return Object.fromEntries(found);
}

const REFERENCE = /\$\{([A-Za-z_][A-Za-z0-9_]*)\}/;

function substituted(path: string, value: unknown, env: References['env']): unknown {
  if (typeof value !== 'string') return value;
  return value.replace(new RegExp(REFERENCE, 'g'), (_, name: string) => {
    const text = env[name];
    if (text === undefined) throw refusal([{ path, message: `the variable ${name} is not set` }]);
    return text;
  });
}

async function secretIn(field: string, path: unknown, { read }: References): Promise<string> {
  if (typeof path !== 'string') throw refusal([{ path: field, message: 'is the path of a file' }]);
  try {
    return (await read(path)).trimEnd();
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code ?? 'unreadable';
    throw refusal([{ path: field, message: `cannot be read (${why})` }]);
  }
}

function unknownFields(type: FileChannel['type'], written: object): string[] {
  const kind = ChannelDraft.options.find(({ shape }) => shape.type.value === type);
  return Object.keys(written).filter((field) => !Object.hasOwn(kind!.shape, field));
}

function refusal(errors: FieldFault[]): RpcFault {
  return new RpcFault(400, errors.map(({ path, message }) => `${path}: ${message}`).join('; '), errors);
}
