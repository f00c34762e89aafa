import type { SessionEvent } from '@deckwatch/contracts';

/** The app under which consoles like this one are counted: an open page, whoever is signed in. */
const OWN_APP = 'deckwatch';

/**
 * What happened to a session, to stand behind a name: "joined shop", "left shop". A console that was closed or lost its
 * connection is no sign-out, and says so.
 */
export function sessionWords({ app, event, reason }: Pick<SessionEvent, 'app' | 'event' | 'reason'>): string {
  if (app === OWN_APP) {
    if (event === 'created') return 'opened a console';
    return event === 'updated' ? 'uses a console' : 'closed a console';
  }
  if (event === 'created') return `joined ${app}`;
  if (event === 'updated') return `is active in ${app}`;
  switch (reason) {
    case 'expired':
      return `left ${app}: the session expired`;
    case 'revoked':
      return `was signed out of ${app}`;
    default:
      return `left ${app}`;
  }
}

/** How a session ended, in a row of its own. */
export function endWords({ app, reason }: Pick<SessionEvent, 'app' | 'reason'>): string {
  if (reason === 'expired') return 'expired';
  if (reason === 'revoked') return 'was ended';
  return app === OWN_APP ? 'closed' : reason === 'logout' ? 'signed out' : 'is gone';
}

/** An event of one session, where its user and app are known. */
export function eventWords(event: Pick<SessionEvent, 'app' | 'event' | 'reason'>): string {
  if (event.event === 'created') return event.reason === 'login' ? 'began' : 'was found';
  return event.event === 'updated' ? 'changed' : endWords(event);
}
