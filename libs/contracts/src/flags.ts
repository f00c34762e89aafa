/** Switches that an admin may throw while everything runs; kept in the KV bucket `deckwatch_flags`. */
export const FLAGS = ['containerStats', 'sessionEvents', 'systemAlerts', 'selectiveSubscriptions'] as const;
export type FlagName = (typeof FLAGS)[number];
export type Flags = Record<FlagName, boolean>;
export const DEFAULT_FLAGS: Flags = Object.freeze({
  containerStats: true,
  sessionEvents: true,
  systemAlerts: true,
  selectiveSubscriptions: true,
});
