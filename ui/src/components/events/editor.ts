// The SQL editor: CodeMirror inside a shadow root, where its styles are objects and not <style>
// elements, which the policy of the page would refuse.
import { autocompletion, completionKeymap, completionStatus } from '@codemirror/autocomplete';
import { deleteLine, history, historyKeymap, moveLineDown, moveLineUp, standardKeymap, toggleLineComment } from '@codemirror/commands';
import { Compartment, EditorState, StateEffect, StateField, type Extension } from '@codemirror/state';
import { Decoration, EditorView, keymap, placeholder, type DecorationSet } from '@codemirror/view';
import { tokens } from '../../lib/sql';
import { colour, completer, type Schema } from './sqlhelp';

export type { Schema };
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

const PAINTED_MAX = 20000;

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
  '.cm-word': { color: 'var(--accent)' },
  '.cm-string': { color: 'var(--ok)' },
  '.cm-number': { color: 'var(--warn)' },
  '.cm-comment': { color: 'var(--fg3)' },
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

// Colours of the words.  A text that is written by hand is read anew as a whole.
const colours = StateField.define<DecorationSet>({
  create: (state) => paint(state),
  update: (now, change) => (change.docChanged ? paint(change.state) : now),
  provide: (field) => EditorView.decorations.from(field),
});

function paint(state: EditorState): DecorationSet {
  const text = state.doc.toString();
  if (text.length > PAINTED_MAX) return Decoration.none;
  return Decoration.set(
    tokens(text).flatMap((token) => {
      const name = colour(token);
      return name === '' ? [] : [Decoration.mark({ class: name }).range(token.at, token.at + token.text.length)];
    }),
  );
}

function language(schema: Schema): Extension {
  const data = [{ autocomplete: completer(schema), commentTokens: { line: '--' } }]; // the same each time it is asked for
  return EditorState.languageData.of(() => data);
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
          { key: 'Mod-/', run: toggleLineComment },
          { key: 'Alt-ArrowUp', run: moveLineUp },
          { key: 'Alt-ArrowDown', run: moveLineDown },
          { key: 'Shift-Mod-k', run: deleteLine },
          ...standardKeymap,
          ...historyKeymap,
        ]),
        history(),
        typeOver,
        lang.of(language(options.schema)),
        autocompletion({ icons: false, maxRenderedOptions: 50 }),
        colours,
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
