import { Component, inject } from '@angular/core';
import { aHost } from '../../../testing/builders.ts';
import { TestPage } from '../../../testing/page.ts';
import { HostStore } from '../../core/stores/host-store.ts';
import { HostCard } from './host-card.ts';

@Component({
  selector: 'app-framed',
  imports: [HostCard],
  template: `@for (host of hosts.hosts(); track host.key) {
    <app-host-card [host]="host" />
  }`,
})
class Framed {
  protected readonly hosts = inject(HostStore);
  constructor() {
    this.hosts.feed.watch();
  }
}

describe('a host card', () => {
  let page: TestPage<Framed>;
  beforeEach(async () => {
    page = await TestPage.open(Framed);
  });
  afterEach(() => {
    page.fixture.destroy();
    jest.useRealTimers();
  });

  it('shows the totals, and whose cost the watching is', async () => {
    await page.receive({ hosts: { items: [aHost()] } });
    const card = page.all('app-host-card')[0];
    expect(card).toContain('2 of 3 running');
    expect(card).toContain('CPU 20.0 % Memory 25.0 %');
    expect(card).toContain('8 cores · 16.0 GiB');
    expect(card).toContain('watching costs 0.6 % · 80.0 MiB');
    expect(page.find('.cost').title).toBe(
      "The collector uses 0.5 % of one core and 80.0 MiB; the engine's own processes use 0.1 %, whoever asks them. " +
        'Gateway, brokers and the other services are not counted here.',
    );
  });

  it('does not guess what it costs the engine', async () => {
    await page.receive({ hosts: { items: [aHost({ cost: { cpu: 0.5, rss: null, engineCpu: null } })] } });
    expect(page.find('.cost').title).toContain('what the engine spends on answering it is not known');
  });

  it('says why there is no engine', async () => {
    const engineReason = 'Docker is not running: systemctl start docker';
    await page.receive({ hosts: { items: [aHost({ engine: 'none', engineReason })] } });
    expect(page.all('.reason')).toEqual([engineReason]);
  });

  it('removes the demo with one click and says when that failed', async () => {
    await page.receive({ hosts: { items: [aHost({ host: 'borealis', key: 'borealis', demo: true })] } });
    expect(page.find('.foot').textContent).toContain('A simulated fleet');
    await page.click('Remove demo');
    expect(page.browser.requests.at(-1)).toEqual({ path: '/api/v1/hosts/borealis', method: 'DELETE' });
    expect(page.find('[role=alert]').textContent).toContain('not removed');
  });
});
