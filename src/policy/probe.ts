// Finds out what holds here, by trying it: a policy that was sent is not yet one that is enforced. Each
// attempt ends on this machine, whether it is let through or not.

/** Browsers write what a policy stops into the console as an error; this is said before. */
export const EXPLANATION =
  'Darkroom tries its own policy: it fetches “data:,”, which must fail. An error about that below means that the policy holds.';

/**
 * Whether this realm (page or worker) is under the content security policy: it forbids to fetch even a
 * data: URL, which needs no network.
 */
export async function isUnderPolicy(): Promise<boolean> {
  console.info(EXPLANATION);
  return fetch('data:,').then(
    () => false,
    () => true,
  );
}

const ALLOWLIST_WAIT_MS = 1000;

/**
 * Whether the browser enforces the Connection-Allowlist: under one, a peer connection fails as soon as it
 * begins. Without servers it has nobody to send to. Pages only; false where there is no WebRTC to try.
 */
export async function isConnectionAllowlistEnforced(): Promise<boolean> {
  if (typeof RTCPeerConnection === 'undefined') return false;
  const peer = new RTCPeerConnection();
  try {
    const failed = new Promise<boolean>((resolve) => {
      peer.addEventListener('iceconnectionstatechange', () => {
        if (peer.iceConnectionState === 'failed') resolve(true);
      });
      setTimeout(() => resolve(false), ALLOWLIST_WAIT_MS);
    });
    peer.createDataChannel('probe');
    // Not waited for: the time above is all that this may take.
    void peer
      .createOffer()
      .then((offer) => peer.setLocalDescription(offer))
      .catch(() => undefined);
    return await failed;
  } catch {
    return false;
  } finally {
    peer.close();
  }
}
