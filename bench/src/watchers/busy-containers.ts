import type { Engine } from '@deckwatch/testing';

/** A little of everything, so that no column rests: CPU, memory, a process a second, a packet, a page on disk. */
const BUSY = [
  'while :; do',
  'i=0; while [ $i -lt 300 ]; do i=$((i+1)); done;',
  'ping -c 1 -w 1 "$PEER" >/dev/null 2>&1;',
  'dd if=/dev/zero of=/tmp/page bs=4096 count=1 conv=fsync 2>/dev/null;',
  'sleep 1; done',
].join(' ');

/** What the containers do, one shell script each; quiet ones show what the reading costs with nothing else running. */
const LOADS = { busy: BUSY, quiet: 'while :; do sleep 1000; done' };

export type ContainerLoad = keyof typeof LOADS;

const AT_ONCE = 4;

/** Starts so many containers of that load. */
export async function startContainers(engine: Engine, count: number, load: ContainerLoad): Promise<void> {
  const image = await engine.importBusybox();
  const start = async (index: number): Promise<void> => {
    const container = await engine.docker.createContainer({
      Image: image,
      name: `bench-${index}`,
      Cmd: ['sh', '-c', LOADS[load]],
      Env: ['PEER=172.17.0.1'],
      HostConfig: { Memory: 64 * 1024 * 1024 },
    });
    await container.start();
  };
  for (let index = 0; index < count; index += AT_ONCE) {
    const batch = Array.from({ length: Math.min(AT_ONCE, count - index) }, (_, step) => start(index + step));
    await Promise.all(batch);
  }
}
