// `npm run headers -- nginx`: prints the policy as rules for a static host. The rules name the files of the build, so
// the app must be built first.

import { existsSync } from 'node:fs';
import { HOSTS, headerRules } from '../build/header-rules.ts';
import { hostsOf } from '../build/policy.ts';
import { filesIn } from '../build/service-worker.ts';

const asked = process.argv[2];
const host = HOSTS.find((each) => each === asked && each !== 'netlify');
if (host === undefined) {
  console.error(
    'Which host? nginx, apache or caddy. For Netlify and Cloudflare Pages the build writes dist/_headers.',
  );
  process.exitCode = 1;
} else if (!existsSync('dist/index.html')) {
  console.error('There is no build, whose files the rules name: npm run build.');
  process.exitCode = 1;
} else {
  process.stdout.write(headerRules(host, hostsOf('public/models/index.json'), filesIn('dist')));
}
