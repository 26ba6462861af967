/**
 * What somebody can be told of by mail: what waits for a decision of theirs, what was decided on what they asked for,
 * keys that are about to end, keys that strangers hold, and keys that were used from a new network.
 */
export const NOTIFICATION_KINDS = ['approvals', 'decisions', 'expiring', 'leaked', 'newNetwork'] as const;
export type NotificationKind = (typeof NOTIFICATION_KINDS)[number];

export type NotificationChoice = 'mail' | 'off';
export type NotificationSettings = Readonly<Record<NotificationKind, NotificationChoice>>;

/** For who never said: nobody misses a leak for not having looked at the settings. */
export const DEFAULT_SETTINGS: NotificationSettings = {
  approvals: 'mail',
  decisions: 'mail',
  expiring: 'mail',
  leaked: 'mail',
  newNetwork: 'mail',
};

/** What holds for a person. @param chosen as far as the person has chosen; undefined for who never did */
export function settingsIn(chosen: Partial<NotificationSettings> | undefined): NotificationSettings {
  return { ...DEFAULT_SETTINGS, ...chosen };
}
