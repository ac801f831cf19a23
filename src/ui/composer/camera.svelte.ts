// The camera while its dialog is open: its stream, or the reason why there is none. Owns the stream.

export type CameraState =
  | { kind: 'asking' }
  | { kind: 'live'; stream: MediaStream }
  /** The reason for 'gone': the camera was unplugged while it was live. */
  | { kind: 'failed'; why: 'denied' | 'missing' | 'busy' | 'gone' | 'failed' };

const WHY: Record<string, 'denied' | 'missing' | 'busy'> = {
  NotAllowedError: 'denied',
  SecurityError: 'denied',
  NotFoundError: 'missing',
  OverconstrainedError: 'missing',
  NotReadableError: 'busy',
  AbortError: 'busy',
};
const QUALITY = 0.95;

export class Camera {
  #state = $state.raw<CameraState>({ kind: 'asking' });
  #cameras = $state(0);
  #facing: 'environment' | 'user' = 'environment';
  #closed = false;

  get state(): CameraState {
    return this.#state;
  }

  /** Whether there is another camera to switch to. */
  get hasOther(): boolean {
    return this.#cameras > 1;
  }

  async open(): Promise<void> {
    this.#release();
    this.#state = { kind: 'asking' };
    try {
      const stream = await media().getUserMedia({
        audio: false,
        video: { facingMode: { ideal: this.#facing }, width: { ideal: 4096 }, height: { ideal: 4096 } },
      });
      if (this.#closed) {
        stopAll(stream);
        return;
      }
      for (const track of stream.getVideoTracks()) {
        track.addEventListener('ended', () => {
          if (this.#state.kind === 'live' && this.#state.stream === stream)
            this.#state = { kind: 'failed', why: 'gone' };
        });
      }
      this.#state = { kind: 'live', stream };
      const devices = await media().enumerateDevices();
      this.#cameras = devices.filter(({ kind }) => kind === 'videoinput').length;
    } catch (error) {
      const why = error instanceof DOMException ? WHY[error.name] : undefined;
      this.#state = { kind: 'failed', why: why ?? 'failed' };
    }
  }

  async switch(): Promise<void> {
    this.#facing = this.#facing === 'environment' ? 'user' : 'environment';
    await this.open();
  }

  /** The current frame of the video as a JPEG; null while the video shows nothing. */
  async shoot(video: HTMLVideoElement): Promise<Blob | null> {
    const { videoWidth: width, videoHeight: height } = video;
    if (width === 0 || height === 0) return null;
    const canvas = new OffscreenCanvas(width, height);
    canvas.getContext('2d')?.drawImage(video, 0, 0);
    return canvas.convertToBlob({ type: 'image/jpeg', quality: QUALITY });
  }

  close(): void {
    this.#closed = true;
    this.#release();
  }

  #release(): void {
    if (this.#state.kind === 'live') stopAll(this.#state.stream);
  }
}

/**
 * The browser's media devices. Fails with a NotFoundError outside of secure contexts, where browsers offer no cameras.
 */
function media(): MediaDevices {
  if (!('mediaDevices' in navigator)) throw new DOMException('No cameras here.', 'NotFoundError');
  return navigator.mediaDevices;
}

function stopAll(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}
