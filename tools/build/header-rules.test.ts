import { expect, test } from 'vitest';
import { policyHeaders } from '../../src/policy/headers.ts';
import { headerRules, HOSTS } from './header-rules.ts';

const HUB = 'https://huggingface.co';
const SCRIPTS = ['index.html', 'assets/inference.worker-a.js', 'assets/weights.worker-b.js'];
const BUILT = [...SCRIPTS, 'assets/index-c.js', 'icon.svg'];

test.each(HOSTS)('%s sends every header, and names the weight hosts for the weights worker only', (host) => {
  const rules = headerRules(host, [HUB], BUILT);
  for (const name of Object.keys(policyHeaders('page', []))) expect(rules).toContain(name);
  expect(rules).toContain("connect-src 'self';");
  expect(rules).toContain(`connect-src 'self' ${HUB};`);
});

test('each path of _headers has one rule, since rules that match add up', () => {
  const rules = headerRules('netlify', [HUB], BUILT);
  const paths = rules.split('\n').filter((line) => line.startsWith('/'));
  expect(paths).toEqual(['/', ...SCRIPTS.map((path) => `/${path}`)]);
  const ofWorker = rules.slice(rules.indexOf('\n/assets/weights'));
  expect(ofWorker.match(/Content-Security-Policy/g)).toHaveLength(1);
  expect(rules.split(HUB)).toHaveLength(3);
});

test.each(['nginx', 'apache', 'caddy'] as const)('%s knows workers by their exact names', (host) => {
  const rules = headerRules(host, [HUB], BUILT);
  expect(rules.replaceAll('\\', '')).toContain('weights.worker-b.js');
  expect(rules).not.toMatch(/worker(\.\*|\[)|worker\\?\.[^-]*\*/);
});
