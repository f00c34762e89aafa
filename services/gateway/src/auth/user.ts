import { ROLES, type Access, type Role } from '@deckwatch/contracts';

/** Who is at the door, and by what right. */
export interface User {
  name: string;
  /** null: nothing but what its scope allows. */
  role: Role | null;
  scope: 'ingest' | null;
  /** When the right ends, Unix milliseconds; null: not by itself. */
  expiresAt: number | null;
  /** What the right hangs on. */
  by: { kind: 'login'; login: string; stamp: number } | { kind: 'token'; id: string };
}

/** Whether somebody may do what at least `needed` may. */
export function mayActAs(role: Role | null, needed: Access): boolean {
  if (needed === 'anyone') return true;
  return role !== null && ROLES.indexOf(role) >= ROLES.indexOf(needed);
}
