import { expect, test } from '@jest/globals';
import {
  DEFAULT_SETTINGS,
  NOTIFICATION_KINDS,
  settingsIn,
} from '../../../core/domain/mail/notification-settings.ts';

test('who never chose is mailed of everything, and what was chosen holds', () => {
  expect(settingsIn(undefined)).toEqual(Object.fromEntries(NOTIFICATION_KINDS.map((kind) => [kind, 'mail'])));
  expect(settingsIn({ leaked: 'off' })).toEqual({ ...DEFAULT_SETTINGS, leaked: 'off' });
});
