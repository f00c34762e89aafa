import { RpcFault } from '@deckwatch/bus';
import { AlertRuleDraft, SilenceDraft, Token, type AlertRule, type SilenceRecord } from '@deckwatch/contracts';
import { parseDocument } from 'yaml';
import { z } from 'zod';
import { checkSilence } from '../noise/silence-check.ts';
import {
  channelId,
  FileChannel,
  readChannel,
  secretFileOf,
  type ProvisionedChannel,
  type References,
} from './provisioned-channels.ts';
import { checkRule, idOf, type FieldFault } from './rule-check.ts';

/** What a provisioning file says. */
export interface Provisioned {
  rules: AlertRule[];
  channels: ProvisionedChannel[];
  silences: SilenceRecord[];
}

const FileShape = z.strictObject({
  rules: z.array(AlertRuleDraft).max(2000).default([]),
  channels: z.array(FileChannel).max(100).default([]),
  silences: z
    .array(SilenceDraft.extend({ id: Token.max(64), startsAt: SilenceDraft.shape.endsAt }))
    .max(1000)
    .default([]),
});

/** A file that can't be taken as it stands. */
export class ProvisioningFault extends Error {
  constructor(readonly errors: readonly FieldFault[]) {
    super(errors.map(({ path, message }) => (path ? `${path}: ${message}` : message)).join('; '));
    this.name = 'ProvisioningFault';
  }
}

export interface FileSurroundings {
  /** The channels that exist beside the file. */
  channels: ReadonlySet<string>;
  references: References;
}

/** Reads a provisioning file as a whole. Throws ProvisioningFault with every fault and where it stands. */
export async function readProvisioning(text: string, around: FileSurroundings): Promise<Provisioned> {
  const file = shapeOf(text);
  const errors: FieldFault[] = [];
  const channels = await gather(errors, 'channels', file.channels, (item) => readChannel(item, around.references));
  // One that is at fault is there all the same: a rule that names it is not at fault too.
  const known = new Set([...around.channels, ...takersOf(file.channels)]);
  const rules = await gather(errors, 'rules', file.rules, (draft) => checkRule(draft, idOf(draft.name), known));
  const silences = await gather(errors, 'silences', file.silences, ({ id, ...draft }) => {
    return { id, ...checkSilence(draft, 0), createdBy: 'file', createdAt: 0 };
  });
  const lists = { rules, channels: channels.map(({ channel }) => channel), silences };
  for (const [list, items] of Object.entries(lists)) {
    const twice = items.find(({ id }, at) => items.findIndex((other) => other.id === id) < at);
    if (twice) errors.push({ path: list, message: `"${twice.id}" is there twice` });
  }
  if (errors.length > 0) throw new ProvisioningFault(errors);
  return { rules, channels, silences };
}

/** The files of secrets that it names; none where it is not well-formed. */
export function secretFilesOf(text: string): string[] {
  try {
    return shapeOf(text).channels.flatMap((item) => secretFileOf(item) ?? []);
  } catch {
    return [];
  }
}

function shapeOf(text: string): z.infer<typeof FileShape> {
  const document = parseDocument(text);
  const [fault] = document.errors;
  if (fault) throw new ProvisioningFault([{ path: '', message: fault.message.split('\n')[0] ?? 'not YAML' }]);
  const parsed = FileShape.safeParse(document.toJS() ?? {});
  if (parsed.success) return parsed.data;
  throw new ProvisioningFault(
    parsed.error.issues.map(({ path, message }) => ({ path: path.map(String).join('.'), message })),
  );
}

/** The channels that take notices. */
function takersOf(items: readonly FileChannel[]): string[] {
  return items.flatMap((item) => (item.type === 'heartbeat' ? [] : [channelId(item)]));
}

/** Makes each of a list, and gathers the faults of those that cannot be made. */
async function gather<I, O>(
  errors: FieldFault[],
  list: string,
  items: readonly I[],
  make: (item: I) => O | Promise<O>,
): Promise<O[]> {
  const made: O[] = [];
  for (const [at, item] of items.entries()) {
    try {
      made.push(await make(item));
    } catch (error) {
      if (!(error instanceof RpcFault)) throw error;
      const faults = error.errors ?? [{ path: '', message: error.message }];
      errors.push(
        ...faults.map((fault) => ({ ...fault, path: [`${list}.${at}`, fault.path].filter(Boolean).join('.') })),
      );
    }
  }
  return made;
}
