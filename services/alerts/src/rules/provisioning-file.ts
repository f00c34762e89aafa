import { RpcFault } from '@deckwatch/bus';
import { AlertRuleDraft, SilenceDraft, Token, type AlertRule, type SilenceRecord } from '@deckwatch/contracts';
import { parseDocument } from 'yaml';
import { z } from 'zod';
import { checkSilence } from '../noise/silence-check.ts';
import { checkRule, idOf, type FieldFault } from './rule-check.ts';

/** What a provisioning file says. */
export interface Provisioned {
  rules: AlertRule[];
  silences: SilenceRecord[];
}

const FileShape = z.strictObject({
  rules: z.array(AlertRuleDraft).max(2000).default([]),
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

/** Reads a provisioning file as a whole. Throws ProvisioningFault with every fault and where it stands. */
export function readProvisioning(text: string, channels: ReadonlySet<string>): Provisioned {
  const document = parseDocument(text);
  const [fault] = document.errors;
  if (fault) throw new ProvisioningFault([{ path: '', message: fault.message.split('\n')[0] ?? 'not YAML' }]);
  const parsed = FileShape.safeParse(document.toJS() ?? {});
  if (!parsed.success)
    throw new ProvisioningFault(
      parsed.error.issues.map(({ path, message }) => ({ path: path.map(String).join('.'), message })),
    );
  const errors: FieldFault[] = [];
  const rules = parsed.data.rules.flatMap((draft, at) =>
    gather(errors, `rules.${at}`, () => checkRule(draft, idOf(draft.name), channels)),
  );
  const silences = parsed.data.silences.flatMap(({ id, ...draft }, at) =>
    gather(errors, `silences.${at}`, () => ({ id, ...checkSilence(draft, 0), createdBy: 'file', createdAt: 0 })),
  );
  for (const [list, items] of Object.entries({ rules, silences })) {
    const twice = items.find(({ id }, at) => items.findIndex((other) => other.id === id) < at);
    if (twice) errors.push({ path: list, message: `"${twice.id}" is there twice` });
  }
  if (errors.length > 0) throw new ProvisioningFault(errors);
  return { rules, silences };
}

function gather<T>(errors: FieldFault[], path: string, make: () => T): T[] {
  try {
    return [make()];
  } catch (error) {
    if (!(error instanceof RpcFault)) throw error;
    const faults = error.errors ?? [{ path: '', message: error.message }];
    errors.push(...faults.map((fault) => ({ ...fault, path: [path, fault.path].filter(Boolean).join('.') })));
    return [];
  }
}
