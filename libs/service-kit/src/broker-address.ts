import type { BrokerAddress } from '@deckwatch/bus';
import type { z } from 'zod';
import type { COMMON_SETTINGS } from './settings.ts';
import { tlsMaterial } from './tls.ts';

type NatsSettings = Pick<
  z.output<z.ZodObject<typeof COMMON_SETTINGS>>,
  'NATS_URL' | 'NATS_CREDS' | 'NATS_CA' | 'NATS_CERT' | 'NATS_KEY' | 'NATS_INBOX_PREFIX'
>;

/** How NATS is reached. Throws SettingsError when a client certificate and its key are not one pair. */
export function brokerAddress(settings: NatsSettings): Omit<BrokerAddress, 'name'> {
  tlsMaterial('NATS', settings);
  return {
    servers: settings.NATS_URL,
    creds: settings.NATS_CREDS,
    ca: settings.NATS_CA,
    cert: settings.NATS_CERT,
    key: settings.NATS_KEY,
    inboxPrefix: settings.NATS_INBOX_PREFIX,
  };
}
