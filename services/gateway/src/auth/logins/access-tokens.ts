import { RoleName, type Role } from '@deckwatch/contracts';
import { jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';
import type { SigningKeys } from './signing-keys.ts';

export const ACCESS_MS = 15 * 60_000;
const ALGORITHM = 'HS256';
const PARTY = 'deckwatch';

/** What an access token says. */
export interface AccessClaims {
  username: string;
  role: Role;
  /** The account's stamp when it was given: another one since then makes the token worthless. */
  stamp: number;
  /** The login that it came from. */
  login: string;
  /** Unix milliseconds. */
  expiresAt: number;
}

const Payload = z.object({ sub: z.string(), role: RoleName, stamp: z.int(), login: z.string(), exp: z.number() });

/** Signs and reads access tokens: JWT (RFC 7519), HS256, 15 minutes. */
export class AccessTokens {
  constructor(
    private readonly keys: Pick<SigningKeys, 'current' | 'find'>,
    private readonly now: () => number,
  ) {}

  sign({ username, role, stamp, login }: Omit<AccessClaims, 'expiresAt'>): Promise<string> {
    const key = this.keys.current;
    const issuedAt = Math.floor(this.now() / 1000);
    return new SignJWT({ role, stamp, login })
      .setProtectedHeader({ alg: ALGORITHM, kid: key.kid, typ: 'JWT' })
      .setSubject(username)
      .setIssuer(PARTY)
      .setAudience(PARTY)
      .setIssuedAt(issuedAt)
      .setExpirationTime(issuedAt + ACCESS_MS / 1000)
      .sign(key.secret);
  }

  /** undefined: not one of ours, changed, or expired. */
  async read(token: string): Promise<AccessClaims | undefined> {
    try {
      const { payload } = await jwtVerify(token, ({ kid }) => this.secretOf(kid), {
        algorithms: [ALGORITHM],
        issuer: PARTY,
        audience: PARTY,
        currentDate: new Date(this.now()),
        requiredClaims: ['exp', 'sub'],
      });
      const { sub, role, stamp, login, exp } = Payload.parse(payload);
      return { username: sub, role, stamp, login, expiresAt: exp * 1000 };
    } catch {
      return undefined; // whatever is wrong with it, it opens nothing
    }
  }

  private secretOf(kid: string | undefined): Uint8Array {
    const key = this.keys.find(kid);
    if (!key) throw new Error('an unknown key');
    return key.secret;
  }
}
