import { Elsewhere, type KeyReading, type Reader } from './key-reader.ts';

/** A key has gone to a server that is not among those which are followed, or can't be found. */
export class MovedAway extends Error {}

/** While a slot moves, one may be sent from its old master to the new one and back. */
const MOST_HOPS = 4;

export interface KeyPlace {
  /** Which of the servers is asked first. */
  node: number;
  key: string;
}

export interface FoundReading {
  /** Which server it is of. */
  node: number;
  reading: KeyReading;
  /** Another than the one that was asked has it. */
  moved: boolean;
}

interface Question extends KeyPlace {
  at: number;
  asking: boolean;
}

/** Reads keys where they are: masters of a cluster send one on. Throws RedisAway, MovedAway. */
export async function readWhereTheyAre(
  readers: readonly Reader[],
  places: readonly KeyPlace[],
): Promise<FoundReading[]> {
  const found: FoundReading[] = [];
  let open = places.map((place, at): Question => ({ ...place, at, asking: false }));
  for (let hop = 0; open.length > 0; hop += 1) {
    if (hop > MOST_HOPS) throw new MovedAway('a key is sent from one server to the other');
    const asked = await Promise.all(groupsOf(open).map((group) => ask(readers, group)));
    open = asked.flat().flatMap(({ question, answer }) => {
      if (answer instanceof Elsewhere) return [{ ...question, node: nodeAt(readers, answer), asking: answer.asking }];
      found[question.at] = { node: question.node, reading: answer, moved: question.node !== places[question.at]!.node };
      return [];
    });
  }
  return found;
}

function nodeAt(readers: readonly Reader[], { address }: Elsewhere): number {
  const node = readers.findIndex((reader) => reader.address === address);
  if (node < 0) throw new MovedAway('the cluster has other masters');
  return node;
}

function groupsOf(questions: readonly Question[]): Question[][] {
  const groups = new Map<string, Question[]>();
  for (const question of questions) {
    const name = `${question.node} ${question.asking}`;
    const group = groups.get(name);
    if (group) group.push(question);
    else groups.set(name, [question]);
  }
  return [...groups.values()];
}

async function ask(readers: readonly Reader[], group: readonly Question[]) {
  const { node, asking } = group[0]!;
  const answers = await readers[node]!.read(group.map(({ key }) => key), asking); // prettier-ignore
  return group.map((question, at) => ({ question, answer: answers[at]! }));
}
