import { RevisionConflict } from '@deckwatch/bus';
import { settle, silentLog } from '@deckwatch/testing';
import { NumberBook, type NumberMark } from './number-book.ts';

/** A bucket's one key, in memory. */
class Cell {
  value?: NumberMark;
  revision = 0;
  writes = 0;
  away = false;

  async get() {
    if (this.away) throw new Error('the broker is away');
    return this.value && { value: this.value, revision: this.revision };
  }
  async create(_key: string, value: NumberMark) {
    return this.update(_key, value, 0);
  }
  async update(key: string, value: NumberMark, revision: number) {
    if (revision !== this.revision) throw new RevisionConflict(key);
    this.writes += 1;
    this.value = { ...value };
    return (this.revision += 1);
  }
}

const opened = async (cell: Cell, holdings = { epoch: 1, subjects: 0, highest: 0 }): Promise<NumberBook> => {
  const book = new NumberBook(cell, silentLog);
  await book.open(holdings);
  return book;
};

describe('the numbers of alerts', () => {
  it('begin with nothing, and are not written for each alert', async () => {
    const cell = new Cell();
    const book = await opened(cell);
    for (let began = 1; began <= 50; began += 1) book.saw(began);
    await settle();
    expect([book.floor, cell.writes]).toEqual([0, 1]);
  });

  it.each([
    ['the stream was made anew', { epoch: 2, subjects: 9, highest: 3 }],
    ['subjects are missing', { epoch: 1, subjects: 3, highest: 3 }],
  ])('go on beyond all that were used when %s, at each loss', async (_name, holdings) => {
    const cell = new Cell();
    const book = await opened(cell, { epoch: 1, subjects: 4, highest: 7 });
    for (let began = 8; began <= 500; began += 1) book.saw(began);
    await settle();
    const after = await opened(cell, holdings);
    expect(after.floor).toBeGreaterThanOrEqual(500);
    const again = await opened(cell, { epoch: 3, subjects: 0, highest: 0 });
    expect(again.floor).toBeGreaterThan(after.floor);
  });

  it('stay as they are where nothing is lost: also when fewer subjects were expected first', async () => {
    const cell = new Cell();
    const book = await opened(cell, { epoch: 1, subjects: 4, highest: 7 });
    await book.expect(2);
    expect((await opened(cell, { epoch: 1, subjects: 2, highest: 7 })).floor).toBe(0);
    expect((await opened(cell, { epoch: 1, subjects: 8, highest: 7 })).floor).toBe(0);
  });

  it('are what another instance reserved, where that is more', async () => {
    const cell = new Cell();
    const [one, two] = [await opened(cell), await opened(cell)];
    one.saw(1000);
    await settle();
    two.saw(60);
    await settle();
    expect(cell.value!.reserved).toBeGreaterThanOrEqual(1000);
  });

  it('say fewer subjects for those that another instance purges, and leave the count to whoever counts', async () => {
    const cell = new Cell();
    const [one, two] = [await opened(cell), await opened(cell)];
    await one.expect(10);
    await two.expectFewer(3);
    two.saw(500);
    await settle();
    expect(cell.value).toMatchObject({ subjects: 7, reserved: 600 });
  });

  it('are written as soon as the broker is back', async () => {
    const cell = new Cell();
    const book = await opened(cell);
    cell.away = true;
    book.saw(200);
    await expect(book.expect(3)).rejects.toThrow('not written');
    cell.away = false;
    book.again();
    await settle();
    expect(cell.value).toMatchObject({ reserved: 300, subjects: 3 });
  });
});
