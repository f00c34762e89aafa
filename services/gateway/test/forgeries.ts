import { SignJWT } from 'jose';
import { SigningKeys } from '../src/auth/logins/signing-keys.ts';
import type { RunningGateway } from './harness.ts';

/**
 * Tokens that look like a good one and are not, by what is wrong with them; signed with the gateway's own key where the
 * signature is not what is wrong.
 */
export async function forgeries({ app }: RunningGateway, good: string): Promise<Record<string, string>> {
  const { current } = app.get(SigningKeys);
  const [head, payload, signature] = good.split('.') as [string, string, string];
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, unknown>;
  const sign = (change: object, secret: Uint8Array = current.secret, header: object = {}) =>
    new SignJWT({ ...claims, ...change })
      .setProtectedHeader({ alg: 'HS256', kid: current.kid, ...header })
      .sign(secret);
  const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return {
    nothing: '',
    nonsense: 'nonsense',
    'alg none': `${encode({ alg: 'none' })}.${payload}.`,
    'alg none with a signature': `${encode({ alg: 'none', kid: current.kid })}.${payload}.${signature}`,
    'a changed payload': `${head}.${encode({ ...claims, sub: 'somebody' })}.${signature}`,
    'another key': await sign({}, Buffer.alloc(32, 1)),
    'another key id': await sign({}, current.secret, { kid: '../../etc/passwd' }),
    'another algorithm': await sign({}, Buffer.concat([current.secret, current.secret]), { alg: 'HS512' }),
    'another audience': await sign({ aud: 'others' }),
    'another issuer': await sign({ iss: 'others' }),
    expired: await sign({ exp: Math.floor(Date.now() / 1000) - 1 }),
    'an unknown login': await sign({ login: 'AAAAAAAAAAAAAAAA' }),
    'a role that is not the user’s': await sign({ role: 'viewer' }),
    'a forged program': `dwt_0123456789ab_${'A'.repeat(43)}`,
  };
}
