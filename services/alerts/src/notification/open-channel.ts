import type { StoredChannel } from '@deckwatch/contracts';

type Stored<T extends StoredChannel['type']> = Omit<Extract<StoredChannel, { type: T }>, 'sealed' | 'origin'>;

/** A channel with its secret opened: for sending, never for showing. */
export type OpenChannel =
  | (Stored<'webhook'> & { secret: string | null })
  | (Stored<'slack'> & { url: string })
  | (Stored<'ntfy'> & { token: string | null })
  | (Stored<'email'> & { password: string | null })
  | (Stored<'heartbeat'> & { url: string });

/** Puts the secret where its kind of channel has it. Throws where one that can't be without has none. */
export function opened({ sealed: _, origin: __, ...channel }: StoredChannel, secret: string | null): OpenChannel {
  switch (channel.type) {
    case 'webhook':
      return { ...channel, secret };
    case 'ntfy':
      return { ...channel, token: secret };
    case 'email':
      return { ...channel, password: secret };
    case 'slack':
    case 'heartbeat':
      if (secret === null) throw new Error(`the channel "${channel.id}" has no URL`);
      return { ...channel, url: secret };
  }
}

/** Where it leads, in words: of URLs the server alone, since some have a token in their path. */
export function destinationOf(channel: StoredChannel): string {
  switch (channel.type) {
    case 'webhook':
    case 'ntfy':
      return `${new URL(channel.url).origin}/…`;
    case 'email':
      return `${channel.to.join(', ')} by ${channel.host}:${channel.port}`;
    case 'slack':
    case 'heartbeat':
      return `${channel.origin ?? ''}/…`;
  }
}
