/** Within 14 days, and a day more, since a date is its beginning. */
const SOON_MILLISECONDS = 15 * 86_400_000;

/** The day before which keys end soon; the same all day, so that coming back finds what was read. */
export function expiresSoon(now: number): string {
  return new Date(now + SOON_MILLISECONDS).toISOString().slice(0, 10);
}
