import { ROLES, type Role } from '@deckwatch/contracts';

/** Who is at the door. */
export interface User {
  name: string;
  role: Role;
}

/** Whether a role may do what at least `needed` may. */
export function mayActAs(role: Role, needed: Role): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(needed);
}
