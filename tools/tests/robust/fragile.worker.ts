// The app's inference worker, which destroys its real device: at the call that the Fault in the address's fragment
// names, or at once when the test requests it.

/* eslint-disable @typescript-eslint/unbound-method -- each is called on its own object again */
import '../../../workers/inference.worker.ts';
import { COUNTS, WISHES, type Calls, type Fault, type FaultStage, type Wish } from './fault.ts';

const fault =
  self.location.hash.length > 1
    ? (JSON.parse(decodeURIComponent(self.location.hash.slice(1))) as Fault)
    : undefined;
const calls: Calls = { loading: 0, vision: 0, prefill: 0, answering: 0 };
let stage: FaultStage = 'loading';
let device: GPUDevice | undefined;

const { requestDevice } = GPUAdapter.prototype;
GPUAdapter.prototype.requestDevice = async function (descriptor) {
  return (device = await requestDevice.call(this, descriptor));
};

function count(): void {
  calls[stage]++;
  if (fault?.stage === stage && fault.call === calls[stage]) device?.destroy();
}

const { submit } = GPUQueue.prototype;
GPUQueue.prototype.submit = function (commands) {
  count();
  submit.call(this, commands);
};
const { createBuffer } = GPUDevice.prototype;
GPUDevice.prototype.createBuffer = function (descriptor) {
  count();
  return createBuffer.call(this, descriptor);
};

// Read the stage from the worker's messages to the page, as they are sent.
const { postMessage } = MessagePort.prototype;
MessagePort.prototype.postMessage = function (message: unknown, options?: unknown) {
  const stageName = /"stage":"(vision|prefill|answering)"/.exec(JSON.stringify(message))?.[1];
  if (stageName !== undefined) stage = stageName as FaultStage;
  postMessage.call(this, message, options as StructuredSerializeOptions);
};

const counts = new BroadcastChannel(COUNTS);
new BroadcastChannel(WISHES).onmessage = ({ data }: MessageEvent<Wish>) => {
  if (data === 'lose') device?.destroy();
  else counts.postMessage(calls);
};
