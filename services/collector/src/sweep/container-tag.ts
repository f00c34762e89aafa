import { subjects } from '@deckwatch/contracts';

/** What stays the same in every message about a container, written once. */
export class ContainerTag {
  /** Of its own samples. */
  readonly subject: string;
  /** `["<id>",` */
  readonly rowHead: Buffer;
  private head: Buffer;
  private name: string;

  constructor(
    private readonly host: string,
    private readonly id: string,
    name: string,
  ) {
    this.subject = subjects.containerStats(host, id);
    this.rowHead = Buffer.from(`[${JSON.stringify(id)},`);
    this.name = name;
    this.head = this.write();
  }

  /** `{"v":1,"host":…,"id":…,"name":…,"t":` */
  get messageHead(): Buffer {
    return this.head;
  }

  rename(name: string): void {
    if (name === this.name) return;
    this.name = name;
    this.head = this.write();
  }

  private write(): Buffer {
    const { host, id, name } = this;
    return Buffer.from(`${JSON.stringify({ v: 1, host, id, name }).slice(0, -1)},"t":`);
  }
}
