// The parts of a displayed answer: a small tree of known kinds. All text that a model writes becomes one of these kinds,
// and a component draws each of them with text nodes, so markup never reaches the page.

export type Inline =
  | { kind: 'text'; text: string }
  | { kind: 'strong'; children: Inline[] }
  | { kind: 'emphasis'; children: Inline[] }
  | { kind: 'struck'; children: Inline[] }
  | { kind: 'code'; text: string }
  | { kind: 'break' }
  /** `href` is an absolute https URL. */
  | { kind: 'link'; href: string; children: Inline[] }
  | { kind: 'formula'; tex: string };

export type Align = 'left' | 'center' | 'right' | null;

export type Block =
  | { kind: 'paragraph'; children: Inline[] }
  | { kind: 'heading'; depth: number; children: Inline[] }
  | { kind: 'quote'; blocks: Block[] }
  | { kind: 'list'; start: number | null; items: ListItem[] }
  | { kind: 'table'; align: Align[]; header: Inline[][]; rows: Inline[][][] }
  | { kind: 'code'; language: string; text: string }
  /**
   * JSON, as far as it has been written. `value` is undefined before the first complete entry, and null or empty if the
   * JSON contains nothing. `breaksOff`: whether the end is missing (so far).
   */
  | { kind: 'data'; text: string; value: unknown; breaksOff: boolean }
  | { kind: 'formula'; tex: string }
  /** Text that is not parsed as Markdown, because it is too long or nested too deeply. */
  | { kind: 'plain'; text: string }
  | { kind: 'rule' }
  /** The place of a part of the document on its picture, in thousandths of the picture's sides; it has no text. */
  | { kind: 'place'; label: string; corners: number[] };

export interface ListItem {
  /** Whether the task is done; null outside of task lists. */
  checked: boolean | null;
  blocks: Block[];
}

/** A block and its offset in the answer, which stays the same as the answer grows. */
export interface PlacedBlock {
  at: number;
  block: Block;
}

const MAX_SPOKEN = 20_000;

/** The text to read aloud; data, code and formula blocks are left out. */
export function spokenText(block: Block): string {
  switch (block.kind) {
    case 'paragraph':
    case 'heading':
      return inlineText(block.children);
    case 'plain':
      return block.text.slice(0, MAX_SPOKEN);
    case 'quote':
      return block.blocks.map(spokenText).join('\n');
    case 'list':
      return block.items.map(({ blocks }) => blocks.map(spokenText).join('\n')).join('\n');
    case 'table':
      return [block.header, ...block.rows].map((row) => row.map(inlineText).join(', ')).join('\n');
    default:
      return '';
  }
}

function inlineText(children: readonly Inline[]): string {
  return children
    .map((child) => {
      switch (child.kind) {
        case 'text':
        case 'code':
          return child.text;
        case 'formula':
          return child.tex;
        case 'break':
          return '\n';
        default:
          return inlineText(child.children);
      }
    })
    .join('');
}
