import { expect, test } from 'vitest';
import type { HeldOut } from './held-out.ts';
import { Scores } from './table.ts';

test('the table marks a skill under 90 % in both languages together', () => {
  const scores = new Scores();
  const ask = (skill: string, lang: 'en' | 'zh', right: number): void => {
    const held: HeldOut = {
      ...{ id: 'x', skill, lang, newWording: lang === 'zh', images: [], frameSeconds: null },
      ...{ question: '', answer: '', metric: 'exact', scale: 0 },
    };
    for (let i = 0; i < 20; i++) scores.add(held, i < right);
  };
  ask('signs', 'en', 17);
  ask('signs', 'zh', 19);
  ask('charts', 'en', 20);
  ask('charts', 'zh', 15);
  expect(scores.table().split('\n')).toEqual([
    'skill   en             zh            known wording  new wording',
    'signs   85.0 % of 20   95.0 % of 20  85.0 % of 20   95.0 % of 20',
    'charts  100.0 % of 20  75.0 % of 20  100.0 % of 20  75.0 % of 20  under 90 %: not to be advertised',
  ]);
});
