// Provides the parts that components at any depth of the page use, so that no component has to pass them on.

import { provideReadAloud } from '../aloud/read-aloud.svelte.ts';
import { provideDrawing } from '../answer/draw-queue.ts';
import { provideBack } from '../kit/back.ts';
import { provideLanguage } from '../kit/language.svelte.ts';
import { provideStage } from '../stage/stage.svelte.ts';
import type { PageParts } from './page-parts.ts';

/** Call this while the page's component is being created. */
export function provideParts({ language, back, drawing, stage, aloud }: PageParts): void {
  provideLanguage(language);
  provideBack(back);
  provideDrawing(drawing);
  provideStage(stage);
  provideReadAloud(aloud);
}
