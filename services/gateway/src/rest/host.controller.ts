import { Controller, Inject } from '@nestjs/common';
import { LiveState } from '../feeds/live-state.ts';
import { HostUndertaker } from '../feeds/host-undertaker.ts';
import { pageOf } from './paging.ts';
import { Checked, Route, type Answer, type Call } from './route.decorator.ts';

@Controller()
export class HostController {
  constructor(
    @Inject(LiveState) private readonly state: LiveState,
    @Inject(HostUndertaker) private readonly undertaker: HostUndertaker,
  ) {}

  @Route('listHosts')
  list(@Checked() { query }: Call<'listHosts'>): Answer<'listHosts'> {
    return pageOf([...this.state.hosts.all()], {
      ...query,
      sortKey: (host) => host.key,
      id: (host) => host.key,
      order: 'asc',
    });
  }

  @Route('forgetHost', (at: HostController, { host }) => at.known(host))
  async forget(@Checked() { params: { host } }: Call<'forgetHost'>): Promise<void> {
    await this.undertaker.forget(host);
  }

  /** What there was, without its figures of the moment. undefined: nothing. */
  private known(key: string): object | undefined {
    const host = this.state.hosts.get(key);
    return host && { status: host.status, engine: host.engine, demo: host.demo, containers: host.containers };
  }
}
