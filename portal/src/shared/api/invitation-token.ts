/**
 * The token of an invitation, which comes behind the # of the link in a mail so that no server sees it. The tab keeps
 * it while a sign-in leads away and back; the address, which histories keep, loses it at once.
 */
const PLACE = 'keywright.invitation';
const IN_ADDRESS = /^#token=(.+)$/;

/** To be called before anything else looks at the address. */
export function keepInvitationToken(): void {
  const token = location.pathname === '/invitations' ? IN_ADDRESS.exec(location.hash)?.[1] : undefined;
  if (token === undefined) return;
  sessionStorage.setItem(PLACE, token);
  history.replaceState(history.state, '', location.pathname);
}

export function invitationToken(): string | undefined {
  return sessionStorage.getItem(PLACE) ?? undefined;
}

export function forgetInvitationToken(): void {
  sessionStorage.removeItem(PLACE);
}
