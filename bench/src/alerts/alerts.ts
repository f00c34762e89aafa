import { report } from '../report.ts';
import { measureEvaluation } from './evaluation.ts';
import { measureLatency } from './latency.ts';

export interface AlertsBench {
  containers: number;
  /** How long each shape is measured. */
  seconds: number;
  /** Alerts that are told, for the part `latency`. */
  alerts: number;
  part: 'all' | 'evaluation' | 'latency';
}

/** What evaluation costs, and how soon an alert is told. */
export async function benchAlerts({ containers, seconds, alerts, part }: AlertsBench): Promise<void> {
  if (part !== 'latency') report('alerts-evaluation', { containers, seconds }, measureEvaluation(containers, seconds));
  if (part !== 'evaluation') report('alerts-latency', { alerts }, await measureLatency(alerts));
}
