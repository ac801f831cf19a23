// The destination of stolen data: an HTTP server that answers every request, and separate ports for traffic that has no
// path (STUN, QUIC, a bare connection). It records everything that arrives.

import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTcpServer, type AddressInfo, type Server as TcpServer } from 'node:net';

export class Sink {
  /** Arrivals, as `METHOD path body`, `upgrade path`, `port name`, or `connection`. */
  readonly arrivals: string[] = [];
  readonly #http: Server;
  readonly #own: { tcp: TcpServer; udp: Socket }[] = [];

  private constructor(http: Server) {
    this.#http = http;
  }

  static async start(): Promise<Sink> {
    const sink: Sink = new Sink(createServer((request, response) => sink.#answer(request, response)));
    sink.#http.on('connection', () => sink.arrivals.push('connection'));
    sink.#http.on('upgrade', (request, socket) => {
      sink.arrivals.push(`upgrade ${request.url ?? ''}`);
      socket.end('HTTP/1.1 400 Bad Request\r\n\r\n');
    });
    sink.#http.listen(0, '127.0.0.1');
    await once(sink.#http, 'listening');
    return sink;
  }

  get port(): number {
    return (this.#http.address() as AddressInfo).port;
  }

  /** Opens a port at which any packet and any connection counts as an arrival of `name`. */
  async ownPort(name: string): Promise<number> {
    const note = (): void => void this.arrivals.push(`port ${name}`);
    const tcp = createTcpServer((socket) => {
      note();
      socket.on('error', () => undefined);
      socket.end();
    });
    const udp = createSocket('udp4', note);
    // Another program may use the TCP port of the same number; if so, try another port.
    udp.bind(0, '127.0.0.1');
    await once(udp, 'listening');
    const { port } = udp.address();
    tcp.listen(port, '127.0.0.1');
    try {
      await once(tcp, 'listening');
    } catch (error) {
      udp.close();
      if (isTaken(error)) return await this.ownPort(name);
      throw error;
    }
    this.#own.push({ tcp, udp });
    return port;
  }

  async stop(): Promise<void> {
    for (const { tcp, udp } of this.#own) {
      tcp.close();
      udp.close();
    }
    this.#http.closeAllConnections();
    this.#http.close();
    await once(this.#http, 'close');
  }

  /** Allows every origin, so that only the browser can block a request. */
  #answer(request: IncomingMessage, response: ServerResponse): void {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString('latin1').slice(0, 200);
      this.arrivals.push(`${request.method ?? ''} ${request.url ?? ''} ${body}`.trim());
    });
    response.setHeader('Access-Control-Allow-Origin', '*');
    response.setHeader('Access-Control-Allow-Headers', '*');
    response.setHeader('Cross-Origin-Resource-Policy', 'cross-origin');
    response.setHeader('Cross-Origin-Embedder-Policy', 'require-corp');
    response.setHeader('Content-Type', contentType(request.url ?? ''));
    response.end('');
  }
}

function isTaken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
}

function contentType(url: string): string {
  if (url.endsWith('.js')) return 'text/javascript';
  return url.endsWith('.css') ? 'text/css' : 'text/html';
}
