/** From the least to the most. */
export const ROLES = ['viewer', 'operator', 'admin'] as const;
export type Role = (typeof ROLES)[number];
/** Who may call an endpoint: anyone at all, or who has at least a role. */
export type Access = Role | 'anyone';
