import { spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually, findProgram, freePort } from '@deckwatch/testing';
import { costOf } from '../../process-tree.ts';
import { spawnTied } from '../../tied-process.ts';
import { thresholdOf, type Crossings } from './crossings.ts';
import { readMetrics, sumOf } from './metrics-text.ts';
import { HOSTS, type Side, type SideCount } from './side.ts';

/** Groups are looked at side by side, the rules of one in turn. */
const RULES_A_GROUP = 10;

interface ToldAlert {
  labels: Record<string, string>;
}

/** Where Prometheus reads its series, and where it tells of alerts as it would tell an Alertmanager. */
class Surroundings {
  private readonly server = createServer((request, response) => {
    const host = /^\/metrics\/(\d+)$/.exec(request.url ?? '')?.[1];
    if (host !== undefined) {
      response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' }).end(this.series(Number(host)));
    } else {
      void this.hear(request).finally(() => response.writeHead(200).end());
    }
  });

  constructor(
    private readonly crossings: Crossings,
    private readonly size: number,
  ) {}

  async listen(): Promise<number> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    return (this.server.address() as AddressInfo).port;
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  private series(host: number): string {
    let text = '# TYPE container_cpu gauge\n';
    for (let number = host; number < this.size; number += HOSTS)
      text += `container_cpu{id="${number}"} ${this.crossings.value(number)}\n`;
    return text;
  }

  private async hear(request: IncomingMessage): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const alerts = JSON.parse(Buffer.concat(chunks).toString()) as ToldAlert[];
    alerts.forEach(({ labels }) => this.crossings.see(Number(labels['id'])));
  }
}

function configuration(port: number): object {
  const targets = Array.from({ length: HOSTS }, (_, host) => ({
    job_name: `host-${host}`,
    metrics_path: `/metrics/${host}`,
    static_configs: [{ targets: [`127.0.0.1:${port}`], labels: { host: `bench-${host}` } }],
  }));
  return {
    global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
    rule_files: ['rules.yml'],
    alerting: { alertmanagers: [{ static_configs: [{ targets: [`127.0.0.1:${port}`] }] }] },
    scrape_configs: targets,
  };
}

function ruleFile(count: number): object {
  const rule = (number: number) => ({ alert: `Rule${number}`, expr: `container_cpu > ${thresholdOf(number)}` });
  const groups = Math.ceil(count / RULES_A_GROUP);
  return {
    groups: Array.from({ length: groups }, (_, group) => ({
      name: `group-${group}`,
      rules: Array.from({ length: Math.min(RULES_A_GROUP, count - group * RULES_A_GROUP) }, (_, index) =>
        rule(group * RULES_A_GROUP + index),
      ),
    })),
  };
}

/** What is installed; undefined: nothing. */
export function prometheusVersion(): string | undefined {
  const program = findProgram('prometheus');
  if (!program) return undefined;
  const { stdout, stderr } = spawnSync(program.path, ['--version'], { encoding: 'utf8' });
  return /version (\S+)/.exec(stdout + stderr)?.[1] ?? 'unknown';
}

/** A Prometheus that reads so many series once a second. JSON is YAML, so that its files are JSON. */
export class Prometheus implements Side {
  private constructor(
    private readonly size: number,
    private readonly folder: string,
    private readonly child: ChildProcess,
    private readonly url: string,
    private readonly surroundings: Surroundings,
  ) {}

  static async start(crossings: Crossings, size: number): Promise<Prometheus> {
    const program = findProgram('prometheus');
    if (!program) throw new Error('prometheus not found: apt-get install prometheus');
    const surroundings = new Surroundings(crossings, size);
    const folder = mkdtempSync(join(tmpdir(), 'bench-prometheus-'));
    writeFileSync(join(folder, 'prometheus.yml'), JSON.stringify(configuration(await surroundings.listen())));
    writeFileSync(join(folder, 'rules.yml'), JSON.stringify(ruleFile(0)));
    const port = await freePort();
    const args = ['--config.file=prometheus.yml', '--storage.tsdb.path=data', `--web.listen-address=127.0.0.1:${port}`];
    const child = spawnTied(program, [...args, '--log.level=error'], {
      cwd: folder,
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    const prometheus = new Prometheus(size, folder, child, `http://127.0.0.1:${port}`, surroundings);
    const reads = async () => sumOf(await prometheus.metrics(), 'prometheus_tsdb_head_series') >= size;
    try {
      await eventually(reads, { timeoutMs: 30_000, describe: 'all series in Prometheus' });
      return prometheus;
    } catch (error) {
      await prometheus.stop();
      throw error;
    }
  }

  async setRules(count: number): Promise<void> {
    writeFileSync(join(this.folder, 'rules.yml'), JSON.stringify(ruleFile(count)));
    this.child.kill('SIGHUP');
    const known = async () => sumOf(await this.metrics(), 'prometheus_rule_group_rules') === count;
    await eventually(known, { timeoutMs: 10_000, describe: `${count} rules in Prometheus` });
  }

  async count(): Promise<SideCount> {
    const text = await this.metrics();
    const { cpuMs, rss } = costOf(this.child.pid!);
    return {
      cpuMs,
      rss,
      allCpuMs: cpuMs,
      evaluations: sumOf(text, 'prometheus_rule_evaluations_total') * this.size,
      ownMs: sumOf(text, 'prometheus_rule_evaluation_duration_seconds_sum') * 1000,
    };
  }

  async stop(): Promise<void> {
    const gone = this.child.exitCode === null && this.child.signalCode === null ? once(this.child, 'exit') : undefined;
    this.child.kill('SIGKILL');
    await gone;
    this.surroundings.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private metrics(): Promise<string> {
    return readMetrics(`${this.url}/metrics`);
  }
}
