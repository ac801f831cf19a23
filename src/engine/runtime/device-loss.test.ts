import { expect, test } from 'vitest';
import { DeviceLoss } from './device-loss.ts';

/** A fake device, which has only the parts that report its loss. */
function fragileDevice(): { device: GPUDevice; lose: () => void; refuse: () => void } {
  class GPUOutOfMemoryError {
    readonly message = 'no free memory';
  }
  let lose: (() => void) | undefined;
  const lost = new Promise<GPUDeviceLostInfo>((resolve) => {
    lose = () => resolve({ reason: 'unknown', message: 'reset' } as GPUDeviceLostInfo);
  });
  const events = new EventTarget();
  const device = {
    lost,
    addEventListener: events.addEventListener.bind(events),
  } as unknown as GPUDevice;
  return {
    device,
    lose: () => lose?.(),
    refuse: () => {
      events.dispatchEvent(Object.assign(new Event('uncapturederror'), { error: new GPUOutOfMemoryError() }));
    },
  };
}

test('work that hangs when the device goes fails with device-lost, and so does what follows', async () => {
  const { device, lose } = fragileDevice();
  const loss = new DeviceLoss(device);
  const hanging = loss.during(() => new Promise(() => undefined));
  lose();
  await expect(hanging).rejects.toMatchObject({ code: 'device-lost' });
  await expect(loss.during(() => Promise.resolve(1))).rejects.toMatchObject({ code: 'device-lost' });
});

test('an error just before the report of the loss counts as the loss', async () => {
  const { device, lose } = fragileDevice();
  const loss = new DeviceLoss(device);
  const failing = loss.during(() => {
    setTimeout(lose, 20);
    return Promise.reject(new DOMException('mapAsync was aborted', 'AbortError'));
  });
  await expect(failing).rejects.toMatchObject({ code: 'device-lost' });
});

test('an error of a sound device stays what it is', async () => {
  const loss = new DeviceLoss(fragileDevice().device);
  await expect(loss.during(() => Promise.reject(new TypeError('mine')))).rejects.toThrow('mine');
  expect(await new DeviceLoss(undefined).during(() => Promise.resolve(2))).toBe(2);
});

test('an allocation that was refused ends with out-of-memory, not with wrong numbers', async () => {
  const { device, refuse } = fragileDevice();
  const loss = new DeviceLoss(device);
  refuse();
  await expect(loss.during(() => Promise.resolve(1))).rejects.toMatchObject({ code: 'out-of-memory' });
});

test('a device that is released on purpose is not lost', async () => {
  const { device, lose } = fragileDevice();
  const loss = new DeviceLoss(device);
  loss.release();
  lose();
  await Promise.resolve();
  expect(await loss.during(() => Promise.resolve(3))).toBe(3);
});
