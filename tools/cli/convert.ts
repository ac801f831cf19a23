// npm run convert -- <checkpoint> <package> [--preset exact|8-bit|balanced|small] [--no-self-test]
// npm run convert -- <model.gguf> <mmproj.gguf> <package> [the same options]
// Converts a Hugging Face checkpoint, or a model in GGUF files, into a package; after an interruption, a second run
// resumes. At the end, the processor engine answers the self-test's question, and its logits become the reference for
// other devices.

import { parseArgs } from 'node:util';
import { convert, type ConversionReport, type ConvertProgress } from '../../src/convert/convert.ts';
import { PRESETS, type PresetName } from '../../src/convert/precision.ts';
import { fail } from '../../src/failure.ts';
import { complaint } from './node/complaint.ts';
import { DirectorySink } from '../../src/node/directory-sink.ts';
import { DirectorySource } from '../../src/node/directory-source.ts';
import { addSelfTest } from '../../src/node/write-self-test.ts';
import { kernelFiles } from '../build/kernel-files.ts';

const USAGE =
  'npm run convert -- <checkpoint, or its .gguf files> <package> [--preset exact|8-bit|balanced|small] [--no-self-test]';

async function main(): Promise<void> {
  const { source, target, preset, selfTest } = readArguments();
  const abort = new AbortController();
  process.once('SIGINT', () => abort.abort());
  process.once('SIGTERM', () => abort.abort());
  const line = new ProgressLine();
  try {
    const report = await convert(source, new DirectorySink(target), {
      preset,
      signal: abort.signal,
      onProgress: (progress) => line.show(progress),
    });
    line.end();
    printReport(report);
    if (selfTest) await tryAddSelfTest(target, abort.signal);
  } catch (error) {
    line.end();
    if (abort.signal.aborted) {
      console.error('Stopped. Run the same command again to go on.');
      process.exitCode = 130;
    } else throw error;
  } finally {
    await source.close();
  }
}

/** Adds the self-test. A package that this engine cannot run is still valid, so a failure is only printed. */
async function tryAddSelfTest(target: string, signal: AbortSignal): Promise<void> {
  try {
    const isWritten = await addSelfTest(target, await kernelFiles(), signal);
    console.log(isWritten ? 'The self-test was written.' : 'No self-test: too large for the processor.');
  } catch (error) {
    signal.throwIfAborted();
    console.warn(`No self-test: ${complaint(error)}`);
  }
}

function readArguments(): {
  source: DirectorySource;
  target: string;
  preset: PresetName;
  selfTest: boolean;
} {
  const { values, positionals } = parse();
  const [target, checkpoint] = [positionals.at(-1), positionals.slice(0, -1)];
  const isGguf = checkpoint.every((path) => path.endsWith('.gguf'));
  const isWhole = checkpoint.length === 1 || (checkpoint.length > 1 && isGguf);
  if (target === undefined || target.endsWith('.gguf') || !isWhole) fail('bad-request', `Usage: ${USAGE}`);
  const preset = values.preset;
  if (!isPreset(preset)) fail('bad-request', `There is no preset "${preset}". Usage: ${USAGE}`);
  const source = isGguf ? DirectorySource.ofGguf(checkpoint) : new DirectorySource(checkpoint[0] ?? '');
  return { source, target, preset, selfTest: values['no-self-test'] !== true };
}

function parse() {
  try {
    const options = {
      preset: { type: 'string', default: 'balanced' },
      'no-self-test': { type: 'boolean' },
    } as const;
    return parseArgs({ options, allowPositionals: true });
  } catch (error) {
    fail('bad-request', `${error instanceof Error ? error.message : String(error)} Usage: ${USAGE}`);
  }
}

function isPreset(name: string): name is PresetName {
  return Object.hasOwn(PRESETS, name);
}

/**
 * Shows the progress: on a terminal as one line that is rewritten in place, elsewhere as one line every ten seconds.
 */
class ProgressLine {
  readonly #started = performance.now();
  readonly #interactive = process.stderr.isTTY;
  #shown = 0;

  show({ done, resumed, total }: ConvertProgress): void {
    const now = performance.now();
    if (now - this.#shown < (this.#interactive ? 200 : 10_000) && done < total) return;
    this.#shown = now;
    const rate = (done - resumed) / ((now - this.#started) / 1000);
    const left = rate > 0 ? `${duration((total - done) / rate)} left` : 'already there';
    const text = `${((100 * done) / total).toFixed(1)} %  ${size(done)} of ${size(total)}  ${size(rate)}/s  ${left}`;
    process.stderr.write(this.#interactive ? `\r\x1b[K${text}` : `${text}\n`);
  }

  end(): void {
    if (this.#interactive && this.#shown > 0) process.stderr.write('\n');
  }
}

function printReport({ manifest, bytes, losses, unused, wide, rebuilt }: ConversionReport): void {
  console.log('relative RMS error of the stored weights, by kind:');
  for (const [name, { weights, error, power }] of losses) {
    const relative = error === 0 ? 'exact' : percent(Math.sqrt(error / power));
    console.log(`  ${name.padEnd(22)} ${count(weights).padStart(9)} weights  ${relative.padStart(10)}`);
  }
  if (wide.length > 0) console.log(`kept in F32, beyond the range of F16: ${wide.join(', ')}`);
  if (rebuilt.length > 0) console.log(`rebuilt from the keys of the GGUF files: ${rebuilt.join(', ')}`);
  if (unused.length > 0) console.warn(`not used by the model, left out: ${unused.join(', ')}`);
  const shards = manifest.shards.length;
  console.log(`${manifest.preset} package: ${size(bytes)} in ${shards} ${shards === 1 ? 'shard' : 'shards'}`);
}

function percent(part: number): string {
  return part < 1e-6 ? '< 0.0001 %' : `${(100 * part).toFixed(4)} %`;
}

function size(bytes: number): string {
  return bytes >= 1e9 ? `${(bytes / 1e9).toFixed(2)} GB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

function count(number: number): string {
  return number >= 1e6 ? `${(number / 1e6).toFixed(1)} M` : String(number);
}

function duration(seconds: number): string {
  if (seconds < 60) return `${Math.ceil(seconds)} s`;
  const minutes = Math.ceil(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

try {
  await main();
} catch (error) {
  console.error(complaint(error));
  process.exitCode = 1;
}
