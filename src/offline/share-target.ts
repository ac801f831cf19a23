// The service worker's part in sharing: accepts the files and text that another app posts, and opens the page.

import { putShared, SHARE_PATH } from '../shared-files.ts';

/** Adds a listener beside the service worker's own, which ignores POST requests. */
export function takeShares(worker: ServiceWorkerGlobalScope, scope: URL): void {
  const address = new URL(SHARE_PATH, scope);
  worker.addEventListener('fetch', (event) => {
    const { method, url } = event.request;
    const { origin, pathname } = new URL(url);
    if (method === 'POST' && origin === address.origin && pathname === address.pathname) {
      event.respondWith(receive(event.request, scope));
    }
  });
}

async function receive(request: Request, scope: URL): Promise<Response> {
  try {
    await putShared(await request.formData());
  } catch (error) {
    // The disk may be full, or the request may contain no form; the page opens nevertheless.
    console.warn('What was shared could not be kept.', error);
  }
  return Response.redirect(scope.href, 303);
}
