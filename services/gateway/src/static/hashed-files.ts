import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A name that changes with its content, as the console's build writes it: `first-AWXL6MPH.js`, and its compressed form. */
const HASHED = /^\w[\w.-]*-[\w-]{8}\.\w+(\.br)?$/;
/** Of several builds, where they are replaced under a gateway that runs. */
const MOST = 500;

/** Files that never change, read once: a browser that opens the console asks for two dozen of them at a time. */
export class HashedFiles {
  private readonly bodies = new Map<string, Buffer>();

  constructor(private readonly directory: string) {}

  /** Undefined: its name tells no content, or there is none. */
  read(name: string): Buffer | undefined {
    const known = this.bodies.get(name);
    if (known || !HASHED.test(name)) return known;
    try {
      const body = readFileSync(join(this.directory, name));
      if (this.bodies.size >= MOST) this.bodies.clear();
      this.bodies.set(name, body);
      return body;
    } catch {
      return undefined;
    }
  }
}
