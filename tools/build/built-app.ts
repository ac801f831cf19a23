// Serves the built page on a separate port, for tools that open it in a browser.

import { preview } from 'vite';

export interface BuiltApp {
  /** Ends with a slash. */
  origin: string;
  stop(): Promise<void>;
}

/** How long the server keeps an idle connection: longer than browsers do. */
const KEPT_OPEN_MS = 600_000;

/** Serves `dist/` as `npm start` does; port 0 picks a free one. */
export async function serveBuiltApp(port = 0): Promise<BuiltApp> {
  const server = await preview({ preview: { port, strictPort: port !== 0 }, logLevel: 'silent' });
  // Without this, a browser might reuse a connection at the moment at which the server closes it.
  if ('keepAliveTimeout' in server.httpServer) server.httpServer.keepAliveTimeout = KEPT_OPEN_MS;
  const origin = server.resolvedUrls?.local[0];
  if (origin === undefined) throw new Error('The preview server has no address.');
  return {
    origin,
    async stop() {
      if ('closeAllConnections' in server.httpServer) server.httpServer.closeAllConnections();
      await server.close();
    },
  };
}
