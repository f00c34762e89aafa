import { RpcFault } from '@deckwatch/bus';
import { SECRET_FIELDS, type ChannelDraft, type StoredChannel } from '@deckwatch/contracts';
import { AddressRefused, refuseWrittenAddress } from './address-guard.ts';
import { topicOf } from './senders/ntfy.ts';
import { secretFault } from './senders/webhook.ts';

export interface FieldFault {
  path: string;
  message: string;
}

/** The secret of a draft: undefined: as it was; null: none. */
export function secretOf(draft: ChannelDraft): string | null | undefined {
  return (draft as Record<string, unknown>)[SECRET_FIELDS[draft.type]] as string | null | undefined;
}

/**
 * What can be told of a draft at once; a name's addresses are checked when it is sent to. Throws RpcFault 400 with each
 * fault and its path.
 */
export async function checkDraft(draft: ChannelDraft, present: StoredChannel | undefined): Promise<void> {
  const errors = [...ownFaults(draft), ...(await addressFaults(draft)), ...keptSecretFaults(draft, present)];
  if (errors.length > 0)
    throw new RpcFault(400, errors.map(({ path, message }) => `${path}: ${message}`).join('; '), errors);
}

function ownFaults(draft: ChannelDraft): FieldFault[] {
  switch (draft.type) {
    case 'webhook': {
      const fault = typeof draft.secret === 'string' ? secretFault(draft.secret) : undefined;
      return fault === undefined ? [] : [{ path: 'secret', message: fault }];
    }
    case 'ntfy':
      return topicOf(draft.url)
        ? []
        : [{ path: 'url', message: 'allowed: a server and a topic, https://ntfy.sh/<topic>' }];
    case 'email':
      return draft.user !== null && draft.security === 'none' && !draft.allowPrivate
        ? [{ path: 'security', message: 'a password is sent without TLS to private addresses only (allowPrivate)' }]
        : [];
    default:
      return [];
  }
}

async function addressFaults(draft: ChannelDraft): Promise<FieldFault[]> {
  const path = draft.type === 'email' ? 'host' : 'url';
  const faults: FieldFault[] = [];
  let host: string;
  if (draft.type === 'email') ({ host } = draft);
  else {
    if (draft.url === undefined) return [];
    const url = new URL(draft.url);
    host = url.hostname;
    if (url.username || url.password) faults.push({ path, message: 'a user and password do not belong in the URL' });
  }
  try {
    await refuseWrittenAddress(host, draft.allowPrivate);
  } catch (error) {
    if (!(error instanceof AddressRefused)) throw error;
    faults.push({ path, message: error.message });
  }
  return faults;
}

/** A secret that nobody may read must not be sent elsewhere by whoever changes where it goes. */
function keptSecretFaults(draft: ChannelDraft, present: StoredChannel | undefined): FieldFault[] {
  const path = SECRET_FIELDS[draft.type];
  if (secretOf(draft) !== undefined) return [];
  if (!present) return path === 'url' ? [{ path, message: 'is needed' }] : [];
  if (present.type !== draft.type)
    return path === 'url' || present.sealed !== null
      ? [{ path, message: 'has to be given again: the type has changed' }]
      : [];
  if (present.sealed === null || receiverOf(present) === receiverOf(draft)) return [];
  return [{ path, message: 'has to be given again: where it is sent to has changed' }];
}

/** Who gets to see the secret; a webhook's is never sent. */
function receiverOf(channel: ChannelDraft | StoredChannel): string {
  switch (channel.type) {
    case 'ntfy':
      return new URL(channel.url).origin;
    case 'email':
      return [channel.host.toLowerCase(), channel.port, channel.security, channel.user].join(' ');
    default:
      return '';
  }
}
