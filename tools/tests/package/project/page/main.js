// The package in a page: answers the question in the address about the picture in the address.
import { Failure, fitPackage, openPackage, removePackage, storedPackages } from 'darkroom-engine';

const query = new URL(location.href).searchParams;
const output = document.querySelector('output');
try {
  const folder = new URL(query.get('model'), location.href);
  if (!query.has('offline')) output.dataset.fit = (await fitPackage(folder)).verdict;
  // Here, a bundler finds the project's own worker. Without this option, the package starts its own.
  const worker = () => new Worker(new URL('./own-worker.js', import.meta.url), { type: 'module' });
  const runtime = { kernels: { thread: query.get('thread') ?? undefined } };
  const options = { ...(query.has('own-worker') && { worker }), ...(query.has('thread') && { runtime }) };
  const model = await openPackage(folder, options);
  output.dataset.backend = model.info.backend;
  const photo = await (await fetch(query.get('picture'))).blob();
  const content = [
    { type: 'image', photo },
    { type: 'text', text: query.get('question') },
  ];
  const answer = model.answer([{ role: 'user', content }]);
  for await (const text of answer.text()) output.append(text);
  const { reason } = await answer.result;
  await model.dispose();
  output.dataset.stored = (await storedPackages()).map(({ id, state }) => `${id} ${state}`).join();
  if (query.has('remove')) await removePackage(folder.href);
  output.dataset.left = (await storedPackages()).length;
  output.dataset.reason = reason;
} catch (error) {
  output.dataset.reason = error instanceof Failure ? error.code : String(error);
  output.append(error.message);
}
