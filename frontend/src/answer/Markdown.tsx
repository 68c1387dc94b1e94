import { lexer, type MarkedToken, type Token, type Tokens } from 'marked';
import { type ComponentChildren, h, type VNode } from 'preact';
import type { Figure } from '../contract/contract';
import { CodeBlock } from '../ui/CodeBlock';
import { ScrollBox } from '../ui/ScrollBox';
import { drawParts } from './FigureButton';
import { figureSplitter } from './figures';

type Draw = (text: string) => ComponentChildren;

const ENTITIES: Record<string, string> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  '#39': "'",
  nbsp: '\u00a0',
};
const SAFE_LINK = /^(https?:\/\/|mailto:)/i;

/**
 * Markdown as elements, one per block. Nothing becomes HTML by itself: tags are shown as the text they are, images as
 * their description, and links only go where they say.
 */
export function markdownBlocks(text: string, figures: readonly Figure[]): ComponentChildren[] {
  const split = figureSplitter(figures);
  const draw: Draw = (words) => drawParts(split(unescaped(words)));
  return drawAll(lexer(text, { gfm: true }), draw);
}

function drawAll(tokens: readonly Token[] | undefined, draw: Draw): ComponentChildren[] {
  return (tokens ?? [])
    .map((token) => drawToken(token as MarkedToken, draw))
    .filter((child) => child !== null);
}

function drawToken(token: MarkedToken, draw: Draw): ComponentChildren {
  switch (token.type) {
    case 'heading':
      return h(`h${Math.min(6, Math.max(3, token.depth + 1))}`, null, drawAll(token.tokens, draw));
    case 'paragraph':
      return <p>{drawAll(token.tokens, draw)}</p>;
    case 'list':
      return drawList(token, draw);
    case 'table':
      return drawTable(token, draw);
    case 'code':
      return <CodeBlock text={token.text}>{draw(token.text)}</CodeBlock>;
    case 'blockquote':
      return <blockquote>{drawAll(token.tokens, draw)}</blockquote>;
    case 'hr':
      return <hr />;
    case 'space':
    case 'def':
      return null;
    default:
      return drawInline(token, draw);
  }
}

function drawInline(token: MarkedToken, draw: Draw): ComponentChildren {
  switch (token.type) {
    case 'strong':
      return <strong>{drawAll(token.tokens, draw)}</strong>;
    case 'em':
      return <em>{drawAll(token.tokens, draw)}</em>;
    case 'del':
      return <del>{drawAll(token.tokens, draw)}</del>;
    case 'codespan':
      return <code>{draw(token.text)}</code>;
    case 'br':
      return <br />;
    case 'link':
      return drawLink(token);
    case 'checkbox':
      return token.checked ? '☑ ' : '☐ ';
    case 'text':
      return token.tokens ? drawAll(token.tokens, draw) : draw(token.text);
    default:
      return draw('text' in token ? token.text : token.raw);
  }
}

/** A link's text holds no buttons; only addresses of the web and of mail are followed. */
function drawLink(token: Tokens.Link): ComponentChildren {
  const plain: Draw = (words) => unescaped(words);
  const children = drawAll(token.tokens, plain);
  if (!SAFE_LINK.test(token.href)) return children;
  return (
    <a href={token.href} title={token.href} target="_blank" rel="noopener noreferrer">
      {children}
    </a>
  );
}

function drawList(token: Tokens.List, draw: Draw): VNode {
  const items = token.items.map((item) => <li>{drawAll(item.tokens, draw)}</li>);
  return token.ordered ? <ol start={Number(token.start) || 1}>{items}</ol> : <ul>{items}</ul>;
}

function drawTable(token: Tokens.Table, draw: Draw): VNode {
  const cell = (tag: 'th' | 'td', { tokens, align }: Tokens.TableCell) =>
    h(tag, { class: align === 'right' ? 'num right' : undefined }, drawAll(tokens, draw));
  return (
    <ScrollBox label="Table" hint="More columns">
      <table class="data-table">
        <thead>
          <tr>{token.header.map((head) => cell('th', head))}</tr>
        </thead>
        <tbody>
          {token.rows.map((row) => (
            <tr>{row.map((each) => cell('td', each))}</tr>
          ))}
        </tbody>
      </table>
    </ScrollBox>
  );
}

function unescaped(text: string): string {
  return text.replaceAll(/&(amp|lt|gt|quot|#39|nbsp);/g, (whole, name: string) => ENTITIES[name] ?? whole);
}
