// Runs a chat template, which is a program that comes with the model, with limits on its steps and its output. A
// template that loops for ever, or fills the memory, becomes a failure of that model.

import { Environment, Interpreter, Template } from '@huggingface/jinja';
import { fail } from '../../failure.ts';

/** A conversation of 5,000 turns takes less than half of these steps. */
const MAX_STEPS = 2_000_000;
const MAX_CHARACTERS = 4_000_000;
const MAX_ITEMS = 200_000;
const MAX_SOURCE = 400_000;

export class LimitedTemplate {
  readonly #program: Template['parsed'];

  /** Throws if the source does not parse. */
  constructor(source: string) {
    if (source.length > MAX_SOURCE) throw new RangeError('The chat template is too long.');
    this.#program = new Template(source).parsed;
  }

  /** Fails with 'endless-model' at a limit; throws the errors that the template itself raises. */
  render(items: Record<string, unknown>): string {
    const environment = new Environment();
    for (const [name, value] of Object.entries({ ...GLOBALS, ...items })) environment.set(name, value);
    try {
      const { value } = new LimitedInterpreter(environment).run(this.#program);
      return typeof value === 'string' ? value : '';
    } catch (error) {
      // A macro that calls itself exhausts the stack; a string that is doubled again and again becomes too long.
      if (error instanceof RangeError)
        return fail('endless-model', `The chat template: ${error.message}`, error);
      throw error;
    }
  }
}

class LimitedInterpreter extends Interpreter {
  #steps = 0;

  override evaluate(...node: Parameters<Interpreter['evaluate']>): ReturnType<Interpreter['evaluate']> {
    if (++this.#steps > MAX_STEPS) fail('endless-model', `The chat template takes over ${MAX_STEPS} steps.`);
    const result = super.evaluate(...node);
    const { value } = result;
    if (typeof value === 'string' && value.length > MAX_CHARACTERS) {
      fail('endless-model', `The chat template writes over ${MAX_CHARACTERS} characters.`);
    }
    if (Array.isArray(value) && value.length > MAX_ITEMS) {
      fail('endless-model', `The chat template makes a list of over ${MAX_ITEMS} items.`);
    }
    return result;
  }
}

/** The library's globals for every template, except that `range` has a limit. */
const GLOBALS: Record<string, unknown> = {
  ...{ false: false, true: true, none: null, False: false, True: true, None: null },
  raise_exception: (reason: string) => {
    throw new Error(reason);
  },
  range,
  strftime_now: (format: string) => strftime(new Date(), format),
};

function range(start: number, stop?: number, step = 1): number[] {
  const [from, to] = stop === undefined ? [0, start] : [start, stop];
  if (step === 0) throw new Error('range() step must not be zero');
  const count = Math.max(0, Math.ceil((to - from) / step));
  if (!(count <= MAX_ITEMS)) fail('endless-model', `The chat template asks for a range of ${count}.`);
  return Array.from({ length: count }, (_, index) => from + index * step);
}

/** Formats dates like the template library. */
function strftime(date: Date, format: string): string {
  const month = (style: 'long' | 'short'): string =>
    new Intl.DateTimeFormat(undefined, { month: style }).format(date);
  const two = (value: number): string => value.toString().padStart(2, '0');
  return format.replace(/%[YmdbBHM%]/g, (token) => {
    switch (token) {
      case '%Y':
        return date.getFullYear().toString();
      case '%m':
        return two(date.getMonth() + 1);
      case '%d':
        return two(date.getDate());
      case '%b':
        return month('short');
      case '%B':
        return month('long');
      case '%H':
        return two(date.getHours());
      case '%M':
        return two(date.getMinutes());
      default:
        return '%';
    }
  });
}
