// A Vulkan driver for Dawn on a machine without a GPU: the software adapter that comes with every Chromium. The
// environment variable that names it must be set before the process starts.

import { existsSync } from 'node:fs';
import { join } from 'node:path';

const CHROMIUM_FOLDERS = ['/usr/lib/chromium', '/usr/lib/chromium-browser', '/opt/google/chrome'];

/** Environment variables for a child process; empty if a driver is installed, or if no adapter is found. */
export function softwareVulkan(): Record<string, string> {
  if (process.env['VK_ICD_FILENAMES'] !== undefined || existsSync('/usr/share/vulkan/icd.d')) return {};
  const folder = CHROMIUM_FOLDERS.find((each) => existsSync(join(each, 'vk_swiftshader_icd.json')));
  if (folder === undefined || process.platform !== 'linux') return {};
  return { VK_ICD_FILENAMES: join(folder, 'vk_swiftshader_icd.json'), LD_LIBRARY_PATH: folder };
}
