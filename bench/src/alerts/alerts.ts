import { report } from '../report.ts';
import { besidePrometheus } from './beside/beside.ts';
import { measureEvaluation } from './evaluation.ts';
import { measureLatency } from './latency.ts';

export interface AlertsBench {
  containers: number;
  /** How long each shape is measured. */
  seconds: number;
  /** Alerts that are told, for the part `latency`. */
  alerts: number;
  part: AlertsPart;
  /** Of the part `prometheus`: on each series, and how often both sides are measured. */
  rules: number;
  rounds: number;
}

export const ALERTS_PARTS = ['all', 'evaluation', 'latency', 'prometheus'] as const;
type AlertsPart = (typeof ALERTS_PARTS)[number];

/** What evaluation costs, how soon an alert is told, and both beside Prometheus. */
export async function benchAlerts({ containers, seconds, alerts, part, rules, rounds }: AlertsBench): Promise<void> {
  const asked = (name: AlertsPart): boolean => part === 'all' || part === name;
  if (asked('evaluation')) report('alerts-evaluation', { containers, seconds }, measureEvaluation(containers, seconds));
  if (asked('latency')) report('alerts-latency', { alerts }, await measureLatency(alerts));
  if (asked('prometheus')) {
    const compared = await besidePrometheus({ series: containers, rules, seconds, rounds });
    if (compared) report(`alerts-prometheus-${rules}`, compared.settings, compared.figures);
    else process.stdout.write('prometheus not found, not compared: apt-get install prometheus\n');
  }
}
