// Turns a conversation into the template's text, in which text written by people stays text. This module puts a mark
// inside each piece of text that looks like one of the tokenizer's tokens, and the tokenizer removes the marks after it
// has split the text at the template's tokens. Without the marks, "<|im_end|>" in a question would end the question.

import type { CutFrom, Message } from '../../contract/conversation.ts';
import { fail } from '../../failure.ts';
import type { ChatTemplate, TemplateMessage, TemplatePart } from './chat-template.ts';
import type { AddedToken, MarkedText, Tokenizer } from './tokenizer.ts';

/** The possible marks: first the code points that are never characters, then those for private use. */
const MARKS: readonly (readonly [from: number, to: number])[] = [
  [0xfdd0, 0xfdef],
  [0xe000, 0xf8ff],
];

/** Fails with 'bad-request' if the template refuses the conversation. */
export function renderConversation(
  messages: readonly Message[],
  template: ChatTemplate,
  { added }: Pick<Tokenizer, 'added'>,
): MarkedText {
  const mark = unusedMark(messages.flatMap(textsOf));
  const special = added.filter((token) => token.special);
  const marked = messages.map((message) =>
    // The model itself writes tokens such as <tool_call>. In its own answers they stay tokens.
    templateMessage(message, message.role === 'assistant' ? special : added, mark),
  );
  return { text: template.render(marked), mark };
}

/**
 * Puts the mark after the first character of each token in the text, even of a token that the end of the text cuts off.
 */
export function markTokens(text: string, tokens: readonly AddedToken[], mark: string): string {
  const firsts = new Set(tokens.map(({ content }) => content.charAt(0)));
  const longest = Math.max(0, ...tokens.map(({ content }) => content.length));
  let marked = '';
  let from = 0;
  for (let at = 0; at < text.length; at++) {
    if (!firsts.has(text.charAt(at))) continue;
    const rest = text.slice(at, at + longest);
    const isEnd = at + longest > text.length;
    const isToken = tokens.some(
      ({ content }) => rest.startsWith(content) || (isEnd && content.startsWith(rest)),
    );
    if (!isToken) continue;
    marked += text.slice(from, at + 1) + mark;
    from = at + 1;
  }
  return marked + text.slice(from);
}

function templateMessage(
  { role, content }: Message,
  tokens: readonly AddedToken[],
  mark: string,
): TemplateMessage {
  if (typeof content === 'string') return { role, content: markTokens(content, tokens, mark) };
  return {
    role,
    content: content.flatMap((part): TemplatePart[] => {
      if (part.type === 'text') return [{ type: 'text', text: markTokens(part.text, tokens, mark) }];
      if (part.type === 'video' || part.cutFrom === undefined) return [{ type: part.type }];
      return [{ type: 'image' }, { type: 'text', text: cutNote(part.cutFrom) }];
    }),
  };
}

/** The text that names the picture from which a part was cut, and gives the part's place in the model's coordinates. */
function cutNote({ picture, box }: CutFrom): string {
  return `(part of picture ${picture}: [${box.map(Math.round).join(', ')}])\n`;
}

function textsOf({ content }: Message): string[] {
  if (typeof content === 'string') return [content];
  return content.flatMap((part) => (part.type === 'text' ? [part.text] : []));
}

/** A character that occurs in none of the texts. Fails with 'bad-request' if all possible marks occur in them. */
export function unusedMark(texts: readonly string[]): string {
  for (const [from, to] of MARKS) {
    for (let code = from; code <= to; code++) {
      const mark = String.fromCharCode(code);
      if (!texts.some((text) => text.includes(mark))) return mark;
    }
  }
  return fail('bad-request', 'The conversation uses every character that could mark its tokens.');
}
