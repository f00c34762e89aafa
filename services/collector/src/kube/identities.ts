import { createHash } from 'node:crypto';
import { shortId, type ContainerEvent } from '@deckwatch/contracts';

export const POD_NAME = 'io.kubernetes.pod.name';
export const POD_NAMESPACE = 'io.kubernetes.pod.namespace';
export const POD_UID = 'io.kubernetes.pod.uid';
export const CONTAINER_NAME = 'io.kubernetes.container.name';

/**
 * The id by which a container is known. Kubernetes puts a new container in the place of one that ended, with an id of
 * its own; to whoever watches it is the same one, restarted. So the place keeps the id of the first container that was
 * seen in it, for as long as its pod is there.
 */
export class Identities {
  private readonly ids = new Map<string, string>();

  /** Goes on from what is stored. */
  restore(messages: Iterable<ContainerEvent>): void {
    for (const { id, labels, event } of messages) {
      const uid = labels[POD_UID];
      const name = labels[CONTAINER_NAME];
      if (uid && name && event !== 'removed') this.ids.set(placeOf(uid, name), id);
    }
  }

  /** @param runId the id of the container that is in that place now */
  idOf(place: string, runId: string): string {
    let id = this.ids.get(place);
    if (id === undefined) this.ids.set(place, (id = hexId(runId)));
    return id;
  }

  forget(place: string): void {
    this.ids.delete(place);
  }

  /** Forgets the places that are no more. */
  keepOnly(places: ReadonlySet<string>): void {
    for (const place of this.ids.keys()) if (!places.has(place)) this.ids.delete(place);
  }
}

export function placeOf(podUid: string, container: string): string {
  return `${podUid}/${container}`;
}

/** Runtimes make ids of 64 hex digits; one that does not gets a hash of its id. */
function hexId(runId: string): string {
  return /^[0-9a-f]{12}/.test(runId) ? shortId(runId) : createHash('sha256').update(runId).digest('hex').slice(0, 12);
}
