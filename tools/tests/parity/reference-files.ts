// Reads the reference's cases and goldens (tools/reference) with the caller's function: from the disk in Node, from a
// server in a browser.

import type { Message, Part } from '../../../src/contract/conversation.ts';
import { Field, parseJson } from '../../../src/format/json-field.ts';
import { headerLength } from '../../../src/format/safetensors.ts';

/** Reads a file by its path below tools/reference. */
export type ReadFile = (path: string) => Promise<Uint8Array>;

export class ReferenceFiles {
  readonly #read: ReadFile;

  constructor(read: ReadFile) {
    this.#read = read;
  }

  /** One conversation per case, with encoded photos. */
  async conversations(): Promise<Map<string, Message[]>> {
    const cases = await this.#json('cases.json');
    const conversations = new Map<string, Message[]>();
    for (const [name, messages] of cases.members()) {
      conversations.set(name, await Promise.all(messages.items().map((message) => this.#message(message))));
    }
    return conversations;
  }

  /** `name`: the name of a fixture, or `fixture.preset` for a quantised package. */
  async goldens(name: string): Promise<Goldens> {
    return new Goldens(
      await this.#json(`goldens/${name}.json`),
      await this.#read(`goldens/${name}.safetensors`),
    );
  }

  async pixels(): Promise<Goldens> {
    const empty = new Field({}, '', 'bad-request');
    return new Goldens(empty, await this.#read('goldens/pixels.safetensors'));
  }

  async #json(path: string): Promise<Field> {
    const text = new TextDecoder().decode(await this.#read(path));
    return new Field(parseJson(text, path, 'bad-request'), `${path}: `, 'bad-request');
  }

  async #photo(file: Field): Promise<Blob> {
    return new Blob([Uint8Array.from(await this.#read(`pictures/${file.string()}`))]);
  }

  async #message(message: Field): Promise<Message> {
    const role = message.at('role').string() as Message['role'];
    const content = message.at('content');
    if (typeof content.value === 'string') return { role, content: content.value };
    return { role, content: await Promise.all(content.items().map((part) => this.#part(part))) };
  }

  async #part(part: Field): Promise<Part> {
    const type = part.at('type').string();
    if (type === 'text') return { type, text: part.at('text').string() };
    if (type === 'image') return { type, photo: await this.#photo(part.at('photo')) };
    return {
      type: 'video',
      frames: await Promise.all(
        part
          .at('frames')
          .items()
          .map((frame) => this.#photo(frame)),
      ),
      fps: part.at('fps').number(),
      indices: part
        .at('indices')
        .items()
        .map((index) => index.integer()),
    };
  }
}

export class Goldens {
  readonly facts: Field;
  readonly #file: Uint8Array;
  readonly #entries = new Map<string, { start: number; end: number }>();

  constructor(facts: Field, file: Uint8Array) {
    this.facts = facts;
    this.#file = file;
    const length = headerLength(file.subarray(0, 8), file.length, 'goldens');
    for (const { name, start, end } of entriesOf(file, length)) {
      this.#entries.set(name, { start: 8 + length + start, end: 8 + length + end });
    }
  }

  /** The grids of a case's pictures or clips. */
  grids(name: string, kind: 'image' | 'video'): number[][] {
    const grids = this.facts.at('cases').at(name).at(`${kind}_grids`).items();
    return grids.map((grid) => grid.items().map((side) => side.integer()));
  }

  floats(key: string): Float32Array | undefined {
    const bytes = this.bytes(key);
    return bytes === undefined ? undefined : new Float32Array(bytes.buffer);
  }

  ints(key: string): Int32Array | undefined {
    const bytes = this.bytes(key);
    return bytes === undefined ? undefined : new Int32Array(bytes.buffer);
  }

  bytes(key: string): Uint8Array<ArrayBuffer> | undefined {
    const entry = this.#entries.get(key);
    return entry === undefined ? undefined : Uint8Array.from(this.#file.subarray(entry.start, entry.end));
  }
}

function entriesOf(file: Uint8Array, length: number): { name: string; start: number; end: number }[] {
  const json = parseJson(new TextDecoder().decode(file.subarray(8, 8 + length)), 'goldens', 'bad-request');
  const header = new Field(json, 'goldens: ', 'bad-request');
  return header.members().flatMap(([name, entry]) => {
    if (name === '__metadata__') return [];
    const [start, end] = entry.at('data_offsets').items();
    return start === undefined || end === undefined
      ? []
      : [{ name, start: start.integer(), end: end.integer() }];
  });
}
