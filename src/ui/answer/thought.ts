// The thought that some models write before their answer. The opening tag is part of the prompt, so the
// text begins inside the thought and only its end is marked.

export interface Thought {
  /** null where the model does not think. */
  thought: string | null;
  /** Whether the thought is over. */
  ended: boolean;
  /** What follows it. */
  answer: string;
}

const END = '</think>';

/**
 * `thinks`: whether the model begins with a thought. The first tag ends it; a later one, and any tag of a model
 * that does not think, is a part of the answer.
 */
export function splitThought(text: string, thinks: boolean): Thought {
  if (!thinks) return { thought: null, ended: true, answer: text };
  const end = text.indexOf(END);
  if (end < 0) return { thought: clean(text), ended: false, answer: '' };
  return {
    thought: clean(text.slice(0, end)),
    ended: true,
    answer: text.slice(end + END.length).replace(/^\s*\n/, ''),
  };
}

function clean(thought: string): string {
  return thought.replace(/^\s*<think>/, '').trim();
}
