// Reads from the catalogue the hosts from which weights may come: the hosts of its models, and the further hosts that
// it names (a hub redirects to separate storage hosts).

/**
 * Returns the origins, sorted and without duplicates. Leaves out every value that is not an https origin (or an http
 * origin on this machine), so that a catalogue can write nothing else into a header.
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
