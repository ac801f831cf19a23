import { beforeEach, expect, test, vi } from 'vitest';
import { languageOf } from './language-of.ts';
import { ReadAloud, type Speech } from './read-aloud.svelte.ts';

// Node has no voices, so these fakes stand in for a browser's.
interface Said {
  text: string;
  voice: SpeechSynthesisVoice | null;
  onend: (() => void) | null;
  onerror: (() => void) | null;
}

const voice = (name: string, lang: string, localService: boolean): SpeechSynthesisVoice => ({
  name,
  lang,
  localService,
  default: false,
  voiceURI: name,
});

class Voices extends EventTarget implements Speech {
  list: SpeechSynthesisVoice[] = [];
  said: Said[] = [];
  cancelled = 0;
  getVoices = (): SpeechSynthesisVoice[] => this.list;
  speak = (utterance: SpeechSynthesisUtterance): void => void this.said.push(utterance as unknown as Said);
  cancel = (): void => {
    this.cancelled++;
  };
}

beforeEach(() => {
  vi.stubGlobal(
    'SpeechSynthesisUtterance',
    class {
      voice = null;
      onend = null;
      onerror = null;
      readonly text: string;
      constructor(text: string) {
        this.text = text;
      }
    },
  );
});

test('the page uses no voice that sends text to a server, and offers nothing without a local voice', () => {
  const speech = new Voices();
  speech.list = [voice('server', 'en-US', false)];
  const aloud = new ReadAloud(speech);
  expect(aloud.canRead('A red mug.')).toBe(false);
  aloud.start({}, 'A red mug.');
  expect(speech.said).toEqual([]);
  expect(new ReadAloud(null).canRead('A red mug.')).toBe(false);
});

test('the page finds voices that the browser lists later', () => {
  const speech = new Voices();
  const aloud = new ReadAloud(speech);
  speech.list = [voice('Ann', 'en-GB', true)];
  speech.dispatchEvent(new Event('voiceschanged'));
  expect(aloud.canRead('A red mug.')).toBe(true);
});

test('the language of the answer, not that of the page, decides the voice', () => {
  const speech = new Voices();
  speech.list = [voice('server', 'zh-CN', false), voice('Ann', 'en_GB', true), voice('Ting', 'zh_CN', true)];
  const aloud = new ReadAloud(speech);
  aloud.start({}, '桌上有一个红色的杯子。');
  aloud.start({}, 'A mug of 4.7 cm. And a pen!');
  expect(speech.said.map((one) => [one.text, one.voice?.name])).toEqual([
    ['桌上有一个红色的杯子。', 'Ting'],
    ['A mug of 4.7 cm.', 'Ann'],
    ['And a pen!', 'Ann'],
  ]);
});

test('reading stops on request and ends by itself; the end of an earlier text does not stop it', () => {
  const speech = new Voices();
  speech.list = [voice('Ann', 'en-GB', true)];
  const aloud = new ReadAloud(speech);
  const [first, second] = [{}, {}];
  aloud.start(first, 'One.');
  expect(aloud.isReading(first)).toBe(true);
  aloud.start(second, 'Two.');
  // A browser also reports an error for an utterance that was cancelled.
  speech.said[0]?.onerror?.();
  expect(aloud.isReading(second)).toBe(true);
  speech.said[1]?.onend?.();
  expect(aloud.isReading(second)).toBe(false);
  aloud.start(first, 'One.');
  aloud.stop();
  expect(aloud.isReading(first)).toBe(false);
});

test('a text counts as the language of most of its letters', () => {
  expect(languageOf('The sign says 停.')).toBe('en');
  expect(languageOf('路标上写着 STOP。')).toBe('zh');
  expect(languageOf('42')).toBe('en');
});
