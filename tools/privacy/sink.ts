// Where stolen bytes would arrive: an HTTP server that answers everything, and a UDP socket on the same
// port number for STUN and QUIC. Remembers what came, a bare connection included.

import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export class Sink {
  /** What arrived: `METHOD path body`, `udp`, or `connection`. */
  readonly arrivals: string[] = [];
  readonly #http: Server;
  readonly #udp: Socket;

  private constructor(http: Server, udp: Socket) {
    this.#http = http;
    this.#udp = udp;
  }

  static async start(): Promise<Sink> {
    const sink: Sink = new Sink(
      createServer((request, response) => sink.#answer(request, response)),
      createSocket('udp4', () => sink.arrivals.push('udp')),
    );
    sink.#http.on('connection', () => sink.arrivals.push('connection'));
    sink.#http.on('upgrade', (request, socket) => {
      sink.arrivals.push(`upgrade ${request.url ?? ''}`);
      socket.end('HTTP/1.1 400 Bad Request\r\n\r\n');
    });
    sink.#http.listen(0, '127.0.0.1');
    await once(sink.#http, 'listening');
    sink.#udp.bind(sink.port, '127.0.0.1');
    await once(sink.#udp, 'listening');
    return sink;
  }

  get port(): number {
    return (this.#http.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    this.#udp.close();
    this.#http.closeAllConnections();
    this.#http.close();
    await once(this.#http, 'close');
  }

  /** Lets everybody in: what is stopped was stopped in the browser. */
  #answer(request: IncomingMessage, response: ServerResponse): void {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString('latin1').slice(0, 200);
      this.arrivals.push(`${request.method ?? ''} ${request.url ?? ''} ${body}`.trim());
    });
    response.setHeader('Access-Control-Allow-Origin', '*');
    response.setHeader('Cross-Origin-Resource-Policy', 'cross-origin');
    response.setHeader('Cross-Origin-Embedder-Policy', 'require-corp');
    response.setHeader('Content-Type', contentType(request.url ?? ''));
    response.end('');
  }
}

function contentType(url: string): string {
  if (url.endsWith('.js')) return 'text/javascript';
  return url.endsWith('.css') ? 'text/css' : 'text/html';
}
