import { inject, Service } from '@angular/core';
import type { SessionRef, SessionRevocation } from '@deckwatch/contracts';
import { firstValueFrom } from 'rxjs';
import { isRecord } from '../../core/frames.ts';
import { Rest, RestFault } from '../../core/rest.ts';
import { SourceStore } from '../../core/stores/source-store.ts';
import { Dialogs } from '../../ui/dialog.ts';

/** Sources may be slow to let go, and so many share the time of one request. */
const AT_ONCE = 50;

export interface RevokeWish {
  refs: readonly SessionRef[];
  /** Apps whose sources are known to let nobody end a session. */
  unable: readonly string[];
}

/** Ends sessions at their sources, after a question, and says what could not be ended. */
@Service()
export class Revoking {
  private readonly rest = inject(Rest);
  private readonly dialogs = inject(Dialogs);
  private readonly sources = inject(SourceStore);

  /** Resolves true once some were ended, or tried to be. */
  async ask(refs: readonly SessionRef[]): Promise<boolean> {
    const byApp = this.sources.byApp();
    const unable = [...new Set(refs.map(({ app }) => app))].filter((app) => {
      const sources = byApp.get(app) ?? [];
      return sources.length > 0 && sources.every(({ revokes }) => !revokes);
    });
    const data: RevokeWish = { refs, unable };
    const label = refs.length === 1 ? 'End this session?' : `End ${refs.length} sessions?`;
    const load = () => import('./revoke-dialog.ts').then((file) => file.RevokeDialog);
    return (await this.dialogs.open<boolean>(load, { label, data })) === true;
  }

  /** What became of each; a request that failed says so for all that were in it. */
  async end(refs: readonly SessionRef[]): Promise<SessionRevocation[]> {
    const outcomes: SessionRevocation[] = [];
    for (let at = 0; at < refs.length; at += AT_ONCE) {
      const items = refs.slice(at, at + AT_ONCE).map(({ app, id }) => ({ app, id }));
      try {
        const answer = await firstValueFrom(this.rest.post('/sessions/bulk-delete', { items }));
        const told = isRecord(answer) && Array.isArray(answer['items']) ? (answer['items'] as SessionRevocation[]) : [];
        outcomes.push(...told);
      } catch (fault) {
        const why =
          fault instanceof RestFault ? fault.message : 'the gateway does not answer: it may have ended or not';
        outcomes.push(...items.map((ref) => ({ ...ref, revoked: false, atSource: false, why })));
      }
    }
    return outcomes;
  }
}
