// Determines which of the app's own files run as which worker, by their exact built names. A file whose name only
// resembles a worker's gets the page's policy, and a document never gets a worker's policy.

/**
 * The role of a response. 'kernel': a thread of the processor engine. 'thread': a thread of the
 * runtime. 'part': a module that several workers import;
 * Firefox (153) treats such an import as the start of a worker. Every response that is not a worker's script
 * has the role 'page'.
 */
export type Role = 'page' | 'inference' | 'media' | 'weights' | 'hash' | 'kernel' | 'thread' | 'part';

/** The paths of the scripts that may run as workers, with their roles. */
export type RoleFiles = ReadonlyMap<string, Role>;

/** Patterns of the names of scripts, which contain a hash that the build inserts. */
const WORKER = /^assets\/(inference|media|photo|weights|hash|kernel)\.worker-[\w-]+\.js$/;
const THREAD = /^assets\/ort-[\w.-]+\.mjs$/;
const PART = /^assets\/rolldown-runtime-[\w-]+\.js$/;
const SERVICE_WORKER = 'service-worker.js';

export function roleOf(pathname: string, files: RoleFiles): Role {
  return files.get(pathname) ?? 'page';
}

/**
 * `names`: the files of a build, in any order, relative to `base`. `base`: the path of the folder that holds the page.
 */
export function roleFiles(names: Iterable<string>, base = '/'): RoleFiles {
  const files = new Map<string, Role>();
  for (const name of Array.from(names).sort()) {
    const role = roleOfBuilt(name);
    if (role !== undefined) files.set(base + name, role);
  }
  return files;
}

function roleOfBuilt(name: string): Role | undefined {
  if (name === SERVICE_WORKER) return 'page';
  if (THREAD.test(name)) return 'thread';
  if (PART.test(name)) return 'part';
  const worker = WORKER.exec(name)?.[1];
  // After an update, pages of older versions, which call the media worker 'photo', may still be open.
  return (worker === 'photo' ? 'media' : worker) as Role | undefined;
}
