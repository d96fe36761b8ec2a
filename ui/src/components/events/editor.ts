// The SQL editor: CodeMirror inside a shadow root, where its styles are objects and not <style>
// elements, which the policy of the page would refuse.
import { autocompletion, completionKeymap, completionStatus } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { SQLDialect, sql } from '@codemirror/lang-sql';
import { HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import { Compartment, EditorState, StateEffect, StateField, type Extension } from '@codemirror/state';
import { Decoration, EditorView, keymap, placeholder, type DecorationSet } from '@codemirror/view';
import { tags as t } from '@lezer/highlight';

export interface Schema {
  defaultTable: string;
  tables: Record<string, { label: string; detail?: string; info?: string }[]>;
}
export interface Options {
  doc: string;
  label: string;
  hint: string;
  single: boolean; // Enter runs
  schema: Schema;
  onchange: (text: string) => void;
  onrun: () => void;
  onescape: () => void;
}
export interface Editor {
  set(text: string): void;
  mark(at: number | null): void;
  schema(schema: Schema): void;
  focus(): void;
  destroy(): void;
}

const highlight = HighlightStyle.define([
  { tag: [t.keyword, t.bool, t.null], color: 'var(--accent)' },
  { tag: t.string, color: 'var(--ok)' },
  { tag: t.number, color: 'var(--warn)' },
  { tag: [t.comment, t.lineComment, t.blockComment], color: 'var(--fg3)' },
]);

const theme = EditorView.theme({
  '&': {
    background: 'var(--bg1)',
    color: 'var(--fg)',
    border: '1px solid var(--ctl)',
    borderRadius: 'var(--radius)',
    fontSize: 'var(--fs-2)',
    maxHeight: '240px',
  },
  '&.cm-focused': { outline: '2px solid var(--accent)', outlineOffset: '2px' },
  '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '1.5', overflow: 'auto' },
  '.cm-content': { caretColor: 'var(--fg)', padding: '4px 0' },
  '.cm-line': { padding: '0 8px' },
  '.cm-cursor': { borderLeftColor: 'var(--fg)' },
  '.cm-placeholder': { color: 'var(--fg3)' },
  '&.cm-focused .cm-selectionBackground, .cm-selectionBackground, ::selection': {
    background: 'color-mix(in srgb, var(--accent) 30%, transparent) !important',
  },
  '.cm-fault': { textDecoration: 'underline wavy var(--bad) 1px', textUnderlineOffset: '3px' },
  '.cm-tooltip': {
    background: 'var(--bg1)',
    color: 'var(--fg)',
    border: '1px solid var(--ctl)',
    borderRadius: 'var(--radius)',
    overflow: 'hidden',
  },
  '.cm-tooltip-autocomplete > ul': { fontFamily: 'var(--mono)', maxHeight: '220px' },
  '.cm-tooltip-autocomplete > ul > li': { padding: '3px 8px', lineHeight: '1.5' },
  '.cm-tooltip-autocomplete > ul > li[aria-selected]': {
    background: 'var(--accent)',
    color: 'var(--on-accent)',
  },
  '.cm-completionDetail': { fontStyle: 'normal', opacity: '1', marginLeft: '12px' },
  '.cm-completionInfo': { padding: '6px 10px', fontFamily: 'var(--sans)', maxWidth: '280px' },
});

// Marks the word at a place; any change of the text takes the mark away.
const setMark = StateEffect.define<number | null>();
const marks = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(now, change) {
    for (const effect of change.effects) {
      if (effect.is(setMark)) return decorate(change.state, effect.value);
    }
    return change.docChanged ? Decoration.none : now;
  },
  provide: (field) => EditorView.decorations.from(field),
});

function decorate(state: EditorState, at: number | null): DecorationSet {
  if (at === null || at < 0 || at >= state.doc.length) return Decoration.none;
  const word = state.wordAt(at);
  const from = word?.from ?? at;
  return Decoration.set([Decoration.mark({ class: 'cm-fault' }).range(from, word?.to ?? at + 1)]);
}

// The words that help here; the server knows many more.
const dialect = SQLDialect.define({
  keywords:
    'all and any as asc between by case cast cross desc distinct else end except exists explain ' +
    'false filter from full group having ilike in inner intersect interval is join last left like ' +
    'limit not null nulls offset on or order outer over partition qualify right select similar then ' +
    'to true union using values when where window with',
  types: 'bigint boolean date double integer timestamp timestamptz varchar',
  builtin:
    'any_value arg_max arg_min avg coalesce count date_trunc epoch epoch_ms json_extract_string ' +
    'list lower max median min mode now quantile_cont regexp_matches starts_with string_agg sum ' +
    'time_bucket try_cast upper',
  charSetCasts: false,
  operatorChars: '*+-%<>!=&|~^/?:',
});

function language({ defaultTable, tables }: Schema): Extension {
  const schema = Object.fromEntries(
    Object.entries(tables).map(([name, columns]) => [
      name,
      columns.map((column) => ({ ...column, type: 'property' })),
    ]),
  );
  return sql({ dialect, schema, defaultTable, upperCaseKeywords: true });
}

// Text typed over a selection.  Left to the browser, lines are merged by elements with a style of
// their own, which the policy forbids.
const typeOver = EditorView.domEventHandlers({
  beforeinput(event, view) {
    const { data, inputType, isComposing } = event;
    if (inputType !== 'insertText' || data === null || isComposing || view.composing) return false;
    if (view.state.selection.main.empty && data.length === 1) return false;
    view.dispatch(view.state.replaceSelection(data), {
      userEvent: 'input.type',
      scrollIntoView: true,
    });
    event.preventDefault();
    return true;
  },
});

export function mount(host: HTMLElement, options: Options): Editor {
  const root = host.shadowRoot ?? host.attachShadow({ mode: 'open' });
  const parent = document.createElement('div');
  root.replaceChildren(parent);
  const lang = new Compartment();
  const run = (): boolean => (options.onrun(), true);
  const enter = (view: EditorView): boolean =>
    options.single && completionStatus(view.state) !== 'active' ? run() : false;
  const escape = (view: EditorView): boolean => {
    if (completionStatus(view.state) !== null) return false;
    view.contentDOM.blur();
    options.onescape();
    return true;
  };
  const view = new EditorView({
    root,
    parent,
    state: EditorState.create({
      doc: options.doc,
      extensions: [
        keymap.of([
          { key: 'Mod-Enter', run },
          ...completionKeymap,
          { key: 'Enter', run: enter },
          { key: 'Escape', run: escape },
          ...defaultKeymap,
          ...historyKeymap,
        ]),
        history(),
        typeOver,
        lang.of(language(options.schema)),
        autocompletion({ icons: false, maxRenderedOptions: 50 }),
        syntaxHighlighting(highlight),
        marks,
        placeholder(options.hint),
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({ 'aria-label': options.label }),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) options.onchange(update.state.doc.toString());
        }),
        theme,
      ],
    }),
  });
  return {
    set(text) {
      if (text === view.state.doc.toString()) return;
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } });
    },
    mark: (at) => view.dispatch({ effects: setMark.of(at) }),
    schema: (schema) => view.dispatch({ effects: lang.reconfigure(language(schema)) }),
    focus: () => view.focus(),
    destroy: () => view.destroy(),
  };
}
