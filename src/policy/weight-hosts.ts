// The hosts that weights may come from, read from the catalogue: the hosts of its models, and the further hosts
// that it names (a hub redirects to storage hosts of its own).

/**
 * Returns origins, sorted, without duplicates. Leaves out every value that is not an https origin (or http on
 * this machine), so that no catalogue can write anything else into a header.
 */
export function weightHosts(catalogue: unknown): string[] {
  const { hosts, models } = record(catalogue);
  const named = [...list(hosts), ...list(models).flatMap(addressesOf)];
  return Array.from(new Set(named.flatMap(originOf))).sort();
}

function addressesOf(model: unknown): unknown[] {
  const { url, endpoint, hosts } = record(record(model).source);
  return [url, endpoint, ...list(hosts)];
}

function originOf(address: unknown): string[] {
  if (typeof address !== 'string' || !URL.canParse(address)) return [];
  const { protocol, hostname, origin } = new URL(address);
  const isHere = hostname === 'localhost' || hostname === '127.0.0.1';
  const isPlain = /^[\w.-]+$/.test(hostname);
  return isPlain && (protocol === 'https:' || (protocol === 'http:' && isHere)) ? [origin] : [];
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [];
}
