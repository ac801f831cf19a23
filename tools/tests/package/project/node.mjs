// The package in Node: answers about a picture. `node node.mjs PACKAGE PICTURE QUESTION`
import { readFile } from 'node:fs/promises';
import { openPackage } from 'darkroom-engine/node';

const [directory, picture, question] = process.argv.slice(2);
const model = await openPackage(directory);
const photo = new Blob([await readFile(picture)]);
const content = [
  { type: 'image', photo },
  { type: 'text', text: question },
];
const answer = model.answer([{ role: 'user', content }]);
for await (const text of answer.text()) process.stdout.write(text);
await model.dispose();
