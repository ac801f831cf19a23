// Whether the Connection-Allowlist is in force, found out by trying it on this machine.

// A busy machine needs seconds for it.
const ALLOWLIST_WAIT_MS = 5000;

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
