/** What this process costs. */
export class Usage {
  private lastCpu = process.cpuUsage();
  private lastAt = process.hrtime.bigint();

  /** Percent of one core since the last call. */
  cpuPercent(): number {
    const cpu = process.cpuUsage();
    const at = process.hrtime.bigint();
    const busyUs = cpu.user + cpu.system - this.lastCpu.user - this.lastCpu.system;
    const wallUs = Number(at - this.lastAt) / 1000;
    this.lastCpu = cpu;
    this.lastAt = at;
    return wallUs > 0 ? Math.round((busyUs / wallUs) * 10_000) / 100 : 0;
  }

  cpuSeconds(): number {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  }

  /** Resident memory in bytes. */
  rss(): number {
    return process.memoryUsage.rss();
  }
}
