import { subjects } from '@deckwatch/contracts';

/** What stays the same in every message about a container, written once. */
export class ContainerTag {
  /** Of its own samples. */
  readonly subject: string;
  /** `["<id>",` */
  readonly rowHead: string;
  private head = '';

  constructor(
    private readonly host: string,
    private readonly id: string,
    name: string,
  ) {
    this.subject = subjects.containerStats(host, id);
    this.rowHead = `[${JSON.stringify(id)},`;
    this.rename(name);
  }

  /** `{"v":1,"host":…,"id":…,"name":…,"t":` */
  get messageHead(): string {
    return this.head;
  }

  rename(name: string): void {
    const { host, id } = this;
    this.head = `${JSON.stringify({ v: 1, host, id, name }).slice(0, -1)},"t":`;
  }
}
