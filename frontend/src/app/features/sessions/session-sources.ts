import { Component, computed, inject } from '@angular/core';
import type { SessionSource } from '@deckwatch/contracts';
import { Now } from '../../core/now.ts';
import { faultOf, SourceStore } from '../../core/stores/source-store.ts';
import { StatusDot } from '../../ui/status-dot.ts';
import type { Tone } from '../../ui/tone.ts';
import { agoOf } from '../events/ago.ts';

const KINDS: Record<SessionSource['kind'], string> = {
  redis: 'followed in Redis',
  http: 'polled',
  ingest: 'speaks for itself',
};

/** Where sessions come from, how that stands, and what could not be read there. */
@Component({
  selector: 'app-session-sources',
  imports: [StatusDot],
  template: `
    @if (rows().length > 0) {
      <section class="panel" aria-labelledby="sources">
        <h2 id="sources">Sources</h2>
        <ul>
          @for (row of rows(); track row.source.name) {
            <li>
              <div class="line">
                <ui-status-dot [tone]="row.tone" />
                <b>{{ row.source.name }}</b>
                <span class="muted">{{ row.source.app }}, {{ row.kind }}</span>
                @if (row.source.countsOnly) {
                  <span class="badge">counts only</span>
                } @else if (!row.source.revokes) {
                  <span class="badge">can't end sessions</span>
                }
                @if (row.source.runsOn; as place) {
                  <span class="badge">on {{ place.project }} / {{ place.service }}</span>
                }
                <span class="state" [class.warn]="row.tone !== 'good'">{{ row.state }}</span>
              </div>
              @if (row.notes) {
                <p class="faint notes">{{ row.notes }}</p>
              }
              @if (row.source.unreadable.count > 0) {
                <details>
                  <summary>
                    {{ row.source.unreadable.count.toLocaleString('en') }} could not be read as its settings say
                  </summary>
                  <dl>
                    @for (bad of row.source.unreadable.latest; track bad.id) {
                      <div>
                        <dt>
                          <code>{{ bad.id }}</code>
                        </dt>
                        <dd class="muted">{{ bad.why }}</dd>
                      </div>
                    }
                  </dl>
                </details>
              }
            </li>
          }
        </ul>
      </section>
    }
  `,
  styles: `
    h2 {
      padding: 10px var(--space-3);
      border-bottom: 1px solid var(--line);
    }
    li {
      padding: 8px var(--space-3);
      border-bottom: 1px solid var(--line);
    }
    li:last-child {
      border-bottom: 0;
    }
    .line {
      display: flex;
      flex-wrap: wrap;
      align-items: center;
      gap: 4px 8px;
    }
    b {
      font-weight: 550;
      overflow-wrap: anywhere;
    }
    .state {
      margin-left: auto;
      color: var(--text-muted);
    }
    .state.warn,
    summary {
      color: var(--warn);
    }
    .notes,
    details {
      padding-left: 16px;
    }
    summary {
      min-height: max(24px, var(--target));
      cursor: pointer;
      align-content: center;
    }
    dl > div {
      display: flex;
      flex-wrap: wrap;
      gap: 2px 10px;
      padding: 2px 0;
    }
    code {
      font: 12px/1.5 var(--mono);
      overflow-wrap: anywhere;
    }
  `,
})
export class SessionSources {
  private readonly store = inject(SourceStore);
  private readonly now = inject(Now);
  protected readonly rows = computed(() =>
    this.store.sources().map((source) => {
      const fault = faultOf(source);
      const state = source.state === 'loading' ? 'reading its sessions' : source.state;
      const tone: Tone = fault !== null ? (source.state === 'away' ? 'bad' : 'warn') : 'good';
      return {
        source,
        tone,
        kind: KINDS[source.kind],
        state: fault === null ? state : `${state}: ${fault}`,
        notes: this.notesOn(source),
      };
    }),
  );

  private notesOn({ comparedAt, mended, gaps, unseen }: SessionSource): string {
    const notes = [
      comparedAt === null ? '' : `compared ${agoOf(this.now.server() - comparedAt)}`,
      mended.created + mended.destroyed > 0 ? `${mended.created + mended.destroyed} put right by comparing` : '',
      gaps > 0 ? `${gaps} ${gaps === 1 ? 'gap' : 'gaps'} in what it told` : '',
      unseen > 0 ? `${unseen} came and went unseen` : '',
    ];
    return notes.filter(Boolean).join(' · ');
  }
}
