import { computed, inject, signal, type Signal } from '@angular/core';
import { takeUntilDestroyed, toObservable } from '@angular/core/rxjs-interop';
import { catchError, map, of, switchMap } from 'rxjs';
import { isRecord } from '../../core/frames.ts';
import { Rest } from '../../core/rest.ts';

const MOST = 500;

/** What its engine knows of a container beyond the inventory. Values of the environment are never read. */
export interface ContainerDetails {
  command: string;
  ports: { container: number; protocol: string; published: string }[];
  mounts: { type: string; source: string; target: string; readOnly: boolean }[];
  env: string[];
  networks: string[];
  restartPolicy: string;
  /** Cores and bytes; null: none. */
  limits: { cpus: number | null; memory: number | null };
  health: { status: string; failingStreak: number; lastOutput: string } | null;
}

export type Known =
  | { state: 'loading' }
  | { state: 'failed' }
  | { state: 'unknown'; reason: string }
  | { state: 'known'; details: ContainerDetails };

/**
 * The details of one container, read anew when it changes; those of before stay meanwhile. Call in an injection context.
 * @param changes changes with the container
 */
export function containerDetails(host: Signal<string>, id: Signal<string>, changes: Signal<unknown>): Signal<Known> {
  const rest = inject(Rest);
  const known = signal<Known>({ state: 'loading' });
  const path = computed(() => `/containers/${encodeURIComponent(host())}/${encodeURIComponent(id())}`);
  const changes$ = toObservable(changes);
  toObservable(path)
    .pipe(
      switchMap((asked) => {
        known.set({ state: 'loading' });
        return changes$.pipe(
          switchMap(() => rest.get(asked).pipe(map(readAnswer), catchError(() => of<Known>({ state: 'failed' })))),
        ); // prettier-ignore
      }),
      takeUntilDestroyed(),
    )
    .subscribe((answer) => {
      if (answer.state !== 'failed' || known().state === 'loading') known.set(answer);
    });
  return known.asReadonly();
}

export function readAnswer(answer: unknown): Known {
  if (!isRecord(answer)) return { state: 'failed' };
  const { details, detailsReason } = answer;
  if (isRecord(details)) return { state: 'known', details: readDetails(details) };
  return { state: 'unknown', reason: text(detailsReason) || 'This gateway does not tell more of a container.' };
}

function readDetails(raw: Record<string, unknown>): ContainerDetails {
  const limits = isRecord(raw['limits']) ? raw['limits'] : {};
  const health = isRecord(raw['health']) ? raw['health'] : null;
  return {
    command: Array.isArray(raw['command']) ? raw['command'].map(text).join(' ') : text(raw['command']),
    ports: records(raw['ports']).map((port) => ({
      container: number(port['container']) ?? 0,
      protocol: text(port['protocol']) || 'tcp',
      published: publishedAs(port),
    })),
    mounts: records(raw['mounts']).map((mount) => ({
      type: text(mount['type']),
      source: text(mount['source']),
      target: text(mount['target']),
      readOnly: mount['readOnly'] === true,
    })),
    env: names(raw['env']),
    networks: names(raw['networks']),
    restartPolicy: nameOf(raw['restartPolicy']),
    limits: { cpus: number(limits['cpus']), memory: number(limits['memory']) },
    health: health && {
      status: text(health['status']),
      failingStreak: number(health['failingStreak']) ?? 0,
      lastOutput: text(health['lastOutput']),
    },
  };
}

function publishedAs({ hostIp, hostPort }: Record<string, unknown>): string {
  const port = number(hostPort);
  if (port === null) return '';
  const ip = text(hostIp);
  return ip === '' || ip === '0.0.0.0' || ip === '::' ? `${port}` : `${ip.includes(':') ? `[${ip}]` : ip}:${port}`;
}

function records(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? (value as unknown[]).slice(0, MOST).filter(isRecord) : [];
}

function names(value: unknown): string[] {
  return Array.isArray(value) ? (value as unknown[]).slice(0, MOST).map(nameOf).filter(Boolean) : [];
}

function nameOf(value: unknown): string {
  return isRecord(value) ? text(value['name']) : text(value);
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
}

function number(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}
