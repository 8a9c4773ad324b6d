import type { MarkedToken, Token, Tokens } from 'marked';
import { decodeEntities } from './entities.js';
import type { MathToken } from './math.js';
import { safeUrl } from './safe-url.js';
import { element, joinTexts, textOf } from './view-node.js';
import type { ViewNode } from './view-node.js';

type InlineToken = MarkedToken | MathToken;

const LINE_BREAK_TAG = /^<br\s*\/?>$/i;

/** What inline tokens look like. Raw HTML is text, but for a line break; images are links and are never loaded. */
export function renderInline(tokens: readonly Token[] | undefined, insideLink = false): ViewNode[] {
  return joinTexts((tokens ?? []).flatMap((token) => renderToken(token as InlineToken, insideLink)));
}

function renderToken(token: InlineToken, insideLink: boolean): ViewNode[] {
  switch (token.type) {
    case 'text':
      return [decodeEntities(token.text)];
    case 'escape':
      return [token.text];
    case 'html':
      return [LINE_BREAK_TAG.test(token.raw) ? element('br', []) : token.raw];
    case 'strong':
    case 'em':
    case 'del':
      return [element(token.type, renderInline(token.tokens, insideLink))];
    case 'codespan':
      return [element('code', [token.text])];
    case 'math':
      return [element('code', [token.text], { class: 'md-math' })];
    case 'br':
      return [element('br', [])];
    case 'checkbox':
      return renderCheckbox(token);
    case 'link':
      return renderLink(token, insideLink);
    case 'image':
      return renderImage(token, insideLink);
    default:
      return [token.raw];
  }
}

/** A task's box; it shows a state and cannot be changed. */
export function renderCheckbox(token: Tokens.Checkbox): ViewNode[] {
  const attributes = { type: 'checkbox', disabled: '' };
  return [element('input', [], token.checked ? { ...attributes, checked: '' } : attributes), ' '];
}

function renderLink(token: Tokens.Link, insideLink: boolean): ViewNode[] {
  const literal = token.autolink === true;
  const children = literal ? [token.text] : renderInline(token.tokens, true);
  return anchor(
    literal ? token.href : decodeEntities(token.href),
    token.title,
    children,
    insideLink,
    'md-link',
  );
}

function renderImage(token: Tokens.Image, insideLink: boolean): ViewNode[] {
  const href = decodeEntities(token.href);
  const alt = renderInline(token.tokens, true).map(textOf).join('') || decodeEntities(token.text);
  const label = alt.trim() === '' ? href : alt;
  return anchor(href, token.title, [label], insideLink, 'md-image');
}

/** A link that tells its target nothing; an address that is not allowed leaves its text only. */
function anchor(
  href: string,
  title: string | null | undefined,
  children: ViewNode[],
  insideLink: boolean,
  className: string,
): ViewNode[] {
  const url = insideLink ? undefined : safeUrl(href);
  if (url === undefined)
    return insideLink ? children : [element('span', children, { class: `${className}-blocked` })];
  return [
    element('a', children, {
      class: className,
      href: url,
      ...(title ? { title: decodeEntities(title) } : {}),
      rel: 'noopener noreferrer nofollow',
      target: '_blank',
    }),
  ];
}
