// Separates the answer from the thought that some models write before it. The opening tag is part of the prompt, so the
// text begins inside the thought, and only the thought's end has a tag.

export interface Thought {
  /** null if the model does not think. */
  thought: string | null;
  /** Whether the thought is over. */
  ended: boolean;
  /** The text after the thought. */
  answer: string;
}

const END = '</think>';

/**
 * `thinks`: whether the model begins with a thought. The first closing tag ends the thought. A later tag is part of the
 * answer, and so is every tag from a model that does not think.
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
