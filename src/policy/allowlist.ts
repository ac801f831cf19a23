// Tests whether the browser enforces the Connection-Allowlist, without contacting another machine.

// A busy machine needs seconds for this test.
const ALLOWLIST_WAIT_MS = 5000;

/**
 * Whether the browser enforces the Connection-Allowlist: under it, a peer connection fails as soon as it
 * begins. A connection without servers has no peer to send to. For pages only; false if there is no WebRTC to
 * try.
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
    // Not awaited, because the timeout above limits the whole test.
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
