import { Fleet, type FleetOptions } from '../fleet/fleet.ts';

/** A simulated fleet in a process of its own: `{start: options}` until it says `{begun}`. It ends with its parent. */
process.on('message', ({ start }: { start: FleetOptions }) => {
  void Fleet.start(start).then(({ hosts }) => {
    process.send?.({ begun: hosts.map(({ name, containers }) => ({ name, first: containers.slice(0, 5).map(({ key }) => key) })) }); // prettier-ignore
  });
});
process.on('disconnect', () => process.exit(0));
