import { Component, inject, input } from '@angular/core';
import type { AlertMessage } from '@deckwatch/contracts';
import { attempt } from '../../core/attempt.ts';
import { Auth } from '../../core/auth.ts';
import { Rest } from '../../core/rest.ts';
import { Dialogs } from '../../ui/dialog.ts';

/** What an operator does about an alert that stands. */
@Component({
  selector: 'app-alert-acts',
  template: `
    @if (auth.may('operator')) {
      @if (alert().ack) {
        <button type="button" class="link" [disabled]="taking.busy()" (click)="unack()">
          Take back<span class="visually-hidden"> the acknowledgement of {{ about() }}</span>
        </button>
      } @else if (alert().state !== 'pending' && alert().state !== 'resolved') {
        <button type="button" class="link" (click)="ack()">
          Acknowledge<span class="visually-hidden"> {{ about() }}</span>
        </button>
      }
      <button type="button" class="link" (click)="silence()">
        Silence<span class="visually-hidden"> {{ about() }}</span>
      </button>
      <span class="fault" role="alert">{{ taking.fault() }}</span>
    }
  `,
  styles: `
    :host {
      display: flex;
      flex-wrap: wrap;
      justify-content: flex-end;
      gap: 2px var(--space-3);
    }
    button {
      min-height: min(24px, var(--target));
    }
    .fault {
      color: var(--bad);
    }
    .fault:empty {
      display: none;
    }
    @media (pointer: coarse) {
      button {
        min-height: var(--target);
      }
    }
  `,
})
export class AlertActs {
  private readonly dialogs = inject(Dialogs);
  private readonly rest = inject(Rest);
  protected readonly auth = inject(Auth);
  protected readonly taking = attempt();
  readonly alert = input.required<AlertMessage>();

  protected about(): string {
    return `${this.alert().rule.name} on ${this.alert().target.name}`;
  }

  protected ack(): void {
    const load = () => import('./ack-dialog.ts').then((file) => file.AckDialog);
    void this.dialogs.open(load, { label: 'Acknowledge', data: this.alert() });
  }

  protected silence(): void {
    const load = () => import('./silences/silence-dialog.ts').then((file) => file.SilenceDialog);
    void this.dialogs.open(load, { label: 'Silence', data: this.alert() });
  }

  protected unack(): void {
    void this.taking.run(() => this.rest.post(`/alerts/${encodeURIComponent(this.alert().id)}/unack`, {}));
  }
}
