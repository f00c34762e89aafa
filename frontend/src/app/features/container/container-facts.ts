import { Component, computed, input } from '@angular/core';
import type { Container } from '@deckwatch/contracts';
import { formatBytes } from '@deckwatch/contracts/wire';
import { CopyButton } from './copy-button.ts';
import { containerDetails, type Known } from './container-details.ts';
import { LabelList } from './label-list.ts';

const dateTime = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
const timeOf = (t: number | null): string => (t === null ? '–' : dateTime.format(t));

/** What a container is: from the inventory, and what its engine knows beyond that. */
@Component({
  selector: 'app-container-facts',
  imports: [CopyButton, LabelList],
  templateUrl: './container-facts.html',
  styleUrl: './container-facts.css',
})
export class ContainerFacts {
  readonly container = input.required<Container>();
  protected readonly known = containerDetails(
    computed(() => this.container().host),
    computed(() => this.container().id),
    computed(() => this.container().t),
  );
  protected readonly details = computed(() => {
    const known = this.known();
    return known.state === 'known' ? known.details : null;
  });
  protected readonly why = computed(() => reasonOf(this.known()));
  protected readonly facts = computed(() => {
    const { image, project, service, id, createdAt, startedAt, exitCode, state } = this.container();
    const details = this.details();
    const facts: [string, string][] = [
      ['Image', image],
      ['Id', id],
    ];
    if (details?.command) facts.push(['Command', details.command]);
    if (project !== null) facts.push(['Project', service === null ? project : `${project} / ${service}`]);
    facts.push(['Created', timeOf(createdAt)], ['Started', timeOf(startedAt)]);
    if (exitCode !== null && state !== 'running') facts.push(['Exit code', String(exitCode)]);
    if (!details) return facts;
    const { limits, networks, restartPolicy } = details;
    facts.push(['Restart policy', restartPolicy || 'none'], ['Networks', networks.join(', ') || 'none']);
    facts.push(['CPU limit', limits.cpus === null ? 'none' : `${limits.cpus} cores`]);
    facts.push(['Memory limit', limits.memory === null ? 'none' : formatBytes(limits.memory)]);
    return facts;
  });
}

function reasonOf(known: Known): string {
  if (known.state === 'loading') return 'Ports, mounts and more are being read…';
  if (known.state === 'failed') return 'Ports, mounts and more could not be read. It is tried again when it changes.';
  return known.state === 'unknown' ? known.reason : '';
}
