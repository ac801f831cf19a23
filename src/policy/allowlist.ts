// Tests whether the browser enforces the Connection-Allowlist. The test contacts no other machine.

// The time limit of the test, which takes seconds on a busy machine.
const ALLOWLIST_WAIT_MS = 5000;

/**
 * Whether the browser enforces the Connection-Allowlist: if it does, a peer connection fails as soon as it begins. The
 * connection of this test has no servers, so it has no peer to send to. For pages only; returns false if the browser
 * has no WebRTC.
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
