import type { Engine } from '../libs/testing/src/engine.ts';

/** Some work now and then, so that figures move. */
const WORK = 'trap "exit 0" TERM; while :; do i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done; sleep 0.3; done';
const REST = 'trap "exit 0" TERM; while :; do sleep 0.2; done';

/** The real containers that the tests look at. */
export class Harbour {
  private constructor(
    private readonly engine: Engine,
    private readonly image: string,
  ) {}

  static async open(engine: Engine): Promise<Harbour> {
    return new Harbour(engine, await engine.importBusybox());
  }

  /** Two projects: one that works, one that rests. */
  async fill(): Promise<void> {
    await Promise.all([
      this.run('harbour-crane', 'harbour', WORK),
      this.run('harbour-ledger', 'harbour', REST),
      this.run('island-light', 'island', REST),
    ]);
  }

  async run(name: string, project: string, work = WORK): Promise<void> {
    const container = await this.engine.docker.createContainer({
      name,
      Image: this.image,
      Cmd: ['sh', '-c', work],
      Labels: { 'com.docker.compose.project': project, 'com.docker.compose.service': name.split('-')[1] ?? name },
    });
    await container.start();
  }

  /** Resolves when the engine has stopped it. */
  async stop(name: string): Promise<void> {
    await this.engine.docker.getContainer(name).stop();
  }

  async start(name: string): Promise<void> {
    await this.engine.docker.getContainer(name).start();
  }

  async remove(name: string): Promise<void> {
    await this.engine.docker.getContainer(name).remove({ force: true });
  }
}
