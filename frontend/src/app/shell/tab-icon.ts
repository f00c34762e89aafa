import { computed, DOCUMENT, effect, inject, Service } from '@angular/core';
import { LinkState } from '../core/link-state.ts';
import { Troubles } from '../core/troubles/troubles.ts';

const FACE =
  '<rect width="32" height="32" rx="7" fill="#155eef"/><path d="M7 19.5h4l2.5-8 4.5 13 3-9h4" fill="none" stroke="#fff" stroke-width="2.6" stroke-linecap="round" stroke-linejoin="round"/>';
const COLORS = { warning: '#f0a020', critical: '#e5303f', away: '#8b93a1' } as const;
type Mark = keyof typeof COLORS | 'well';

/** The tab's icon tells trouble from afar: a dot for warnings, for what is critical, for a lost connection. */
@Service()
export class TabIcon {
  private readonly document = inject(DOCUMENT);
  private readonly troubles = inject(Troubles);
  private readonly link = inject(LinkState);

  readonly mark = computed((): Mark => {
    if (this.link.stale()) return 'away';
    const worst = this.troubles.worst();
    if (worst === null) return 'well';
    return worst === 'bad' ? 'critical' : 'warning';
  });

  constructor() {
    effect(() => this.show(this.mark()));
  }

  /** Drawn here, so that it changes without a network. */
  private show(mark: Mark): void {
    const link = this.document.querySelector<HTMLLinkElement>('link[rel=icon]');
    if (!link) return;
    const dot = mark === 'well' ? '' : `<circle cx="25" cy="7" r="7" fill="${COLORS[mark]}" stroke="#fff" stroke-width="1.5"/>`; // prettier-ignore
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">${FACE}${dot}</svg>`;
    link.href = `data:image/svg+xml,${encodeURIComponent(svg)}`;
  }
}
