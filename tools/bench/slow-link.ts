// A proxy that slows a web server down to the speed of a line. All responses share the line's bits per second, each
// request waits one round trip, and a new connection waits one more. The proxy counts the bytes it carries, by path.

import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Line {
  bitsPerSecond: number;
  /** The time of one round trip. */
  latencyMs: number;
}

export interface Carried {
  path: string;
  status: number;
  /** The number of bytes of head and body, as transferred. */
  bytes: number;
  /** The performance.now() time at which the last byte left. */
  at: number;
}

/** Size of one packet, as on a network card: small enough that responses share the line fairly. */
const PACKET_BYTES = 4096;

export class SlowLink {
  readonly #line: Line;
  readonly #target: URL;
  readonly #server: Server;
  readonly #carried: Carried[] = [];
  readonly #known = new WeakSet<object>();
  /** The performance.now() time at which the line will have sent everything queued so far. */
  #freeAt = 0;
  /** Bytes that have left the line so far. */
  #sentBytes = 0;
  #busy = 0;

  private constructor(target: URL, line: Line) {
    this.#target = target;
    this.#line = line;
    this.#server = createServer((asked, answer) => {
      this.#busy++;
      this.#carry(asked, answer)
        // The client or the server closed the connection: show the browser a broken one.
        .catch(() => answer.destroy())
        .finally(() => this.#busy--);
    });
  }

  /** Starts a proxy for `target`, an address that ends with a slash. */
  static async before(target: string, line: Line): Promise<SlowLink> {
    const link = new SlowLink(new URL(target), line);
    await new Promise<void>((listening) => link.#server.listen(0, 'localhost', listening));
    return link;
  }

  /** Ends with a slash. */
  get origin(): string {
    return `http://localhost:${(this.#server.address() as AddressInfo).port}/`;
  }

  get sentBytes(): number {
    return this.#sentBytes;
  }

  /** Number of responses in progress. */
  get busy(): number {
    return this.#busy;
  }

  /** Every complete response, in the order of completion. */
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

  /** Resolves when this many bytes have left the line, after all bytes queued before them. */
  async #send(bytes: number): Promise<void> {
    const now = performance.now();
    this.#freeAt = Math.max(now, this.#freeAt) + (bytes * 8000) / this.#line.bitsPerSecond;
    // Timers are coarse, so a delay of 2 ms or less is added to that of the next call.
    if (this.#freeAt - now > 2) await sleep(this.#freeAt - now);
    this.#sentBytes += bytes;
  }
}
