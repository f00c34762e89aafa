import { isIP } from 'node:net';
import { PASSWORD_LEAST, PASSWORD_MOST, token } from '@deckwatch/contracts';
import { certificateFile, COMMON_SETTINGS, port, privateKeyFile, secretKey } from '@deckwatch/service-kit';
import { z } from 'zod';

function isOrigin(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol) && new URL(text).origin === text;
}

const origins = z
  .string()
  .default('')
  .transform((text) => text.split(',').map((part) => part.trim()).filter((part) => part !== ''))
  .refine((list) => list.every(isOrigin), 'allowed: origins such as https://deckwatch.example, comma separated'); // prettier-ignore

/** An address, or a network such as `10.0.0.0/8`. */
function isNetwork(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/');
  const family = isIP(address);
  if (family === 0 || rest.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128));
}

const networks = z
  .string()
  .default('')
  .transform((text) => text.split(',').map((part) => part.trim()).filter((part) => part !== ''))
  .refine((list) => list.every(isNetwork), 'allowed: addresses and networks such as 10.0.0.0/8, comma separated'); // prettier-ignore

export const GATEWAY_SETTINGS = {
  ...COMMON_SETTINGS,
  /** The door: console, REST, WebSocket. */
  DECKWATCH_PORT: port(8080),
  DECKWATCH_HOST: z
    .string()
    .regex(/^[A-Za-z0-9.:_-]+$/, 'allowed: an address or a host name')
    .default('127.0.0.1'),
  /** With these two the door speaks TLS. They are read again when they change. */
  DECKWATCH_TLS_CERT: certificateFile,
  DECKWATCH_TLS_KEY: privateKeyFile,
  /** Origins beyond the own. */
  DECKWATCH_PUBLIC_ORIGINS: origins,
  /** Proxies whose `X-Forwarded-For` is believed: whom sign-ins are counted by and the audit log names. */
  DECKWATCH_TRUSTED_PROXIES: networks,
  /** Seals keys and logins at rest. */
  DECKWATCH_SECRET_KEY: secretKey.optional(),
  /** Of the first admin; without it one is generated. */
  DECKWATCH_ADMIN_PASSWORD: z
    .string()
    .min(PASSWORD_LEAST, `allowed: at least ${PASSWORD_LEAST} characters`)
    .max(PASSWORD_MOST, `allowed: at most ${PASSWORD_MOST} characters`)
    .optional()
    .describe('secret'),
  /** Hosts to take out of the inventory at start; the launcher names the demo when it is not to run any more. */
  DECKWATCH_FORGET_HOSTS: z
    .string()
    .default('')
    .transform((text) =>
      text
        .split(',')
        .map((host) => token(host.trim()))
        .filter((host) => host !== '_'),
    ),
  /** Where the built console is; default: beside the bundle, or where the workspace builds it. */
  DECKWATCH_CONSOLE_DIR: z.string().optional(),
};

export type GatewaySettings = Readonly<z.output<z.ZodObject<typeof GATEWAY_SETTINGS>>>;
