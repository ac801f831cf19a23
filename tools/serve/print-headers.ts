// `npm run headers -- nginx`: the policy as rules for a static host, on stdout.

import { HOSTS, headerRules } from './header-rules.ts';
import { hostsOf } from './policy.ts';

const asked = process.argv[2];
const host = HOSTS.find((each) => each === asked && each !== 'netlify');
if (host === undefined) {
  console.error(
    'Which host? nginx, apache or caddy. For Netlify and Cloudflare Pages the build writes dist/_headers.',
  );
  process.exitCode = 1;
} else {
  process.stdout.write(headerRules(host, hostsOf('public/models/index.json')));
}
