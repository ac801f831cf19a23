// What an answer consists of when it is shown: a small tree of known kinds. Whatever a model writes ends
// as one of these, and each is drawn by a component with text as text: markup never reaches the page.

export type Inline =
  | { kind: 'text'; text: string }
  | { kind: 'strong'; children: Inline[] }
  | { kind: 'emphasis'; children: Inline[] }
  | { kind: 'struck'; children: Inline[] }
  | { kind: 'code'; text: string }
  | { kind: 'break' }
  /** `href` is https and complete. */
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
   * JSON as far as it is written: undefined before its first complete entry, null or empty if it holds nothing.
   * `breaksOff`: its end is not written (yet).
   */
  | { kind: 'data'; text: string; value: unknown; breaksOff: boolean }
  | { kind: 'formula'; tex: string }
  /** Not read as Markdown: too long or nested too deeply. */
  | { kind: 'plain'; text: string }
  | { kind: 'rule' }
  /** Nothing to read: where on the picture something of the document lies, 0 … 1000 of its sides. */
  | { kind: 'place'; label: string; corners: number[] };

export interface ListItem {
  /** Of a task list; null elsewhere. */
  checked: boolean | null;
  blocks: Block[];
}

/** A block and where it begins in the answer, which stays as the answer grows. */
export interface PlacedBlock {
  at: number;
  block: Block;
}

const MAX_SPOKEN = 20_000;

/** What a reader would say aloud; data and formulas are left out. */
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
