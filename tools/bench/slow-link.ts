// A proxy before a web server that is as slow as a line: all answers share its bits per second, each request
// waits for the way there and back, a new connection once more. Counts what it carries, by address.

import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Line {
  bitsPerSecond: number;
  /** There and back. */
  latencyMs: number;
}

export interface Carried {
  path: string;
  status: number;
  /** Of head and body, as they travelled. */
  bytes: number;
  /** When the last of them left, by performance.now(). */
  at: number;
}

/** What a line takes at once, as a network card would: small enough that answers share it fairly. */
const PACKET_BYTES = 4096;

export class SlowLink {
  readonly #line: Line;
  readonly #target: URL;
  readonly #server: Server;
  readonly #carried: Carried[] = [];
  readonly #known = new WeakSet<object>();
  /** When the line has sent all that it was given. */
  #freeAt = 0;
  /** Bytes that have left so far. */
  #sentBytes = 0;
  #busy = 0;

  private constructor(target: URL, line: Line) {
    this.#target = target;
    this.#line = line;
    this.#server = createServer((asked, answer) => {
      this.#busy++;
      this.#carry(asked, answer)
        // Whoever asked has gone, or the server has: the browser sees a broken line.
        .catch(() => answer.destroy())
        .finally(() => this.#busy--);
    });
  }

  /** Stands before `target`, an address with a slash at its end. */
  static async before(target: string, line: Line): Promise<SlowLink> {
    const link = new SlowLink(new URL(target), line);
    await new Promise<void>((listening) => link.#server.listen(0, 'localhost', listening));
    return link;
  }

  /** With a slash at its end. */
  get origin(): string {
    return `http://localhost:${(this.#server.address() as AddressInfo).port}/`;
  }

  get sentBytes(): number {
    return this.#sentBytes;
  }

  /** Answers under way. */
  get busy(): number {
    return this.#busy;
  }

  /** Every answer that was carried whole, in the order of their ends. */
  get carried(): readonly Carried[] {
    return this.#carried;
  }

  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  async #carry(asked: IncomingMessage, answer: ServerResponse): Promise<void> {
    const isNew = !this.#known.has(asked.socket);
    this.#known.add(asked.socket);
    await sleep(this.#line.latencyMs * (isNew ? 2 : 1));
    const origin = await this.#ask(asked);
    const head = Buffer.byteLength(origin.rawHeaders.join('    '));
    await this.#send(head);
    answer.writeHead(origin.statusCode ?? 502, origin.rawHeaders);
    let bytes = head;
    for await (const chunk of origin as AsyncIterable<Buffer>) {
      for (let at = 0; at < chunk.length; at += PACKET_BYTES) {
        const packet = chunk.subarray(at, at + PACKET_BYTES);
        await this.#send(packet.length);
        bytes += packet.length;
        answer.write(packet);
      }
    }
    answer.end();
    const path = asked.url ?? '/';
    this.#carried.push({ path, status: origin.statusCode ?? 0, bytes, at: performance.now() });
  }

  #ask(asked: IncomingMessage): Promise<IncomingMessage> {
    const { hostname, port } = this.#target;
    const { method, url: path, headers } = asked;
    return new Promise((resolve, reject) => {
      const onward = request({ hostname, port, method, path, headers }, resolve);
      onward.on('error', reject);
      asked.pipe(onward);
    });
  }

  /** Resolves when so many bytes have left the line, after all that it was given before. */
  async #send(bytes: number): Promise<void> {
    const now = performance.now();
    this.#freeAt = Math.max(now, this.#freeAt) + (bytes * 8000) / this.#line.bitsPerSecond;
    // Timers are coarse: what is less than one is made up for by the next.
    if (this.#freeAt - now > 2) await sleep(this.#freeAt - now);
    this.#sentBytes += bytes;
  }
}
