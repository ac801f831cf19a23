// Uses the package in the same way as a TypeScript user. The test compiles this file in the project that installs the
// package.
import {
  convert,
  Failure,
  fitPackage,
  openPackage,
  type CheckpointSource,
  type FailureCode,
  type Message,
  type Model,
  type PackageSink,
} from 'darkroom-engine';
import { DirectorySink, DirectorySource, openPackage as openDirectory } from 'darkroom-engine/node';

export async function onPage(photo: Blob, signal: AbortSignal): Promise<string> {
  const { verdict } = await fitPackage('https://example.org/model/');
  if (verdict === 'too-large') return verdict;
  const model: Model = await openPackage('model/', { signal, onProgress: (event) => void event.kind });
  const messages: Message[] = [{ role: 'user', content: [{ type: 'image', photo }] }];
  const answer = model.answer(messages, { maxTokens: 10, sampling: { temperature: 0.7 }, signal });
  for await (const event of answer) if (event.kind === 'text') answer.stop();
  return (await answer.result).text;
}

export async function inNode(): Promise<FailureCode | undefined> {
  const source: CheckpointSource = new DirectorySource('checkpoint');
  const sink: PackageSink = new DirectorySink('package');
  await convert(source, sink, { preset: 'balanced' });
  try {
    await (await openDirectory('package', { threads: 1 })).dispose();
  } catch (error) {
    if (error instanceof Failure) return error.code;
  }
  return undefined;
}
