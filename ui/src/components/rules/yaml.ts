// Colours for YAML: cuts a text into pieces that are, joined, the text again.
export type YamlKind = 'key' | 'text' | 'string' | 'value' | 'comment' | 'sign';

export interface Piece {
  kind: YamlKind;
  text: string;
}

const KEY = /^((?:"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^\s#:,[\]{}"'-][^:#]*?|-[^\s:#][^:#]*?))(\s*:)(?=\s|$)/;
const VALUE = /^(?:true|false|null|~|[-+]?\d[\d_.]*(?:e[-+]?\d+)?[smhdw]?)$/i;
const SCALAR = /^[|>][-+0-9]*\s*(?:#.*)?$/;

// A value after a key or a dash: quoted texts, lists in a line, a comment behind it.
function value(text: string, into: Piece[]): void {
  let rest = text;

  while (rest !== '') {
    const found =
      /^\s+#.*$/.exec(rest) ??
      /^\s+/.exec(rest) ??
      /^(?:"(?:[^"\\]|\\.)*"?|'(?:[^']|'')*'?)/.exec(rest) ??
      /^[[\]{},]/.exec(rest) ??
      /^(?:[^\s,[\]{}]|,(?=\S))+/.exec(rest);
    const piece = found?.[0] || rest;
    into.push({ kind: kindOf(piece), text: piece });
    rest = rest.slice(piece.length);
  }
}

function kindOf(piece: string): YamlKind {
  if (/^\s+#/.test(piece)) return 'comment';
  if (/^["']/.test(piece)) return 'string';
  if (/^[[\]{},]$/.test(piece)) return 'sign';
  return VALUE.test(piece) ? 'value' : 'text';
}

// One line that is no part of a block of text.
function line(text: string, into: Piece[]): void {
  let rest = text;
  const blank = /^\s*/.exec(rest)![0];

  if (blank) into.push({ kind: 'text', text: blank });
  rest = rest.slice(blank.length);
  if (rest.startsWith('#')) {
    into.push({ kind: 'comment', text: rest });
    return;
  }
  if (/^(?:---|\.\.\.)(?:\s|$)/.test(text)) {
    into.push({ kind: 'sign', text: rest });
    return;
  }
  for (let dash = /^-(?:\s+|$)/.exec(rest); dash; dash = /^-(?:\s+|$)/.exec(rest)) {
    into.push({ kind: 'sign', text: dash[0] });
    rest = rest.slice(dash[0].length);
  }
  const key = KEY.exec(rest);
  if (key) {
    into.push({ kind: 'key', text: key[1]! }, { kind: 'sign', text: key[2]! });
    rest = rest.slice(key[0].length);
  }
  value(rest, into);
}

// Pieces of each line.
export function yamlLines(source: string): Piece[][] {
  let block = -1; // how far the line was indented that opened a block of text

  return source.split('\n').map((text) => {
    const pieces: Piece[] = [];
    const indent = /^ */.exec(text)![0].length;
    if (block >= 0 && (text.trim() === '' || indent > block)) {
      return text ? [{ kind: 'string', text }] : [];
    }
    block = -1;
    line(text, pieces);
    const tail = pieces.filter((p) => p.text.trim() !== '' && p.kind !== 'comment').at(-1);
    if (tail && tail.kind === 'text' && SCALAR.test(tail.text)) block = indent;
    return pieces;
  });
}
