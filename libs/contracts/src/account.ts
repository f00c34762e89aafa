import { z } from 'zod';
import { Timestamp } from './primitives.ts';
import { ROLES } from './roles.ts';

export const RoleName = z.enum(ROLES);
export const Username = z
  .string()
  .trim()
  .toLowerCase()
  .regex(/^[a-z0-9][a-z0-9._-]{0,63}$/, 'allowed: a-z 0-9 . _ -, beginning with a letter or digit, at most 64');
/** By length and a list of common ones, not by classes of characters: see NIST SP 800-63B, 3.1.1. */
export const PASSWORD_LEAST = 10;
export const PASSWORD_MOST = 256;
export const NewPassword = z
  .string()
  .min(PASSWORD_LEAST, `at least ${PASSWORD_LEAST} characters`)
  .max(PASSWORD_MOST, `at most ${PASSWORD_MOST} characters`);
/** A password as it is typed to sign in: whatever it is. */
export const Password = z.string().min(1).max(PASSWORD_MOST);

export const SignedIn = z.object({ username: z.string(), role: RoleName });
export type SignedIn = z.infer<typeof SignedIn>;

export const LoginAnswer = z.object({
  accessToken: z.string(),
  expiresIn: z.int().describe('seconds'),
  user: SignedIn,
});
export type LoginAnswer = z.infer<typeof LoginAnswer>;

/** A user, without anything secret. */
export const Account = z.object({
  username: z.string(),
  role: RoleName,
  disabled: z.boolean(),
  createdAt: Timestamp,
});
export type Account = z.infer<typeof Account>;

/** A token for programs: with a role, or with the scope `ingest` alone. */
export const ApiToken = z.object({
  id: z.string(),
  name: z.string(),
  role: RoleName.nullable(),
  scope: z.enum(['ingest']).nullable(),
  createdBy: z.string(),
  createdAt: Timestamp,
  expiresAt: Timestamp.nullable(),
  lastUsedAt: Timestamp.nullable().describe('to the minute'),
});
export type ApiToken = z.infer<typeof ApiToken>;

export const ApiTokenDraft = z
  .object({
    name: z.string().trim().min(1).max(100),
    role: RoleName.nullable().default(null),
    scope: z.enum(['ingest']).nullable().default(null),
    expiresAt: Timestamp.nullable().default(null),
  })
  .refine(({ role, scope }) => (role === null) !== (scope === null), 'give either a role or the scope ingest');
export type ApiTokenDraft = z.infer<typeof ApiTokenDraft>;

/** Who did what, from where. */
export const AuditEntry = z.object({
  t: Timestamp,
  who: z.string().describe('a user, or `token:<id>`'),
  action: z.string(),
  target: z.string(),
  from: z.string().describe('the address it came from'),
  before: z.unknown().nullable(),
  after: z.unknown().nullable(),
});
export type AuditEntry = z.infer<typeof AuditEntry>;
