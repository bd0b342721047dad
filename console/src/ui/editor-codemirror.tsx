/**
 * CodeMirror in a shadow root: there it brings its styles as constructed sheets, which the
 * content security policy lets pass; in the document it would write <style> elements.
 */
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { json, jsonParseLinter } from '@codemirror/lang-json';
import {
  bracketMatching,
  HighlightStyle,
  indentOnInput,
  syntaxHighlighting,
} from '@codemirror/language';
import { linter } from '@codemirror/lint';
import { EditorState, type Extension } from '@codemirror/state';
import { EditorView, keymap } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { useEffect, useEffectEvent, useRef } from 'react';
import type { EditorProps } from './editor.tsx';

const colours = HighlightStyle.define([
  { tag: tags.propertyName, color: 'var(--accent)' },
  { tag: tags.string, color: 'var(--ok)' },
  { tag: [tags.number, tags.bool], color: 'var(--retry)' },
  { tag: tags.null, color: 'var(--text-3)' },
]);

const theme = EditorView.theme({
  '&': { height: '100%', fontSize: '12px', color: 'var(--text)' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '20px' },
  '.cm-content': { caretColor: 'var(--text)', padding: '6px 0' },
  '.cm-line': { padding: '0 8px' },
  '.cm-cursor': { borderLeftColor: 'var(--text)' },
  '.cm-tooltip': {
    border: '1px solid var(--line)',
    borderRadius: '4px',
    background: 'var(--raised)',
    color: 'var(--text)',
  },
  '.cm-matchingBracket': { background: 'var(--accent-soft) !important' },
});

const FIXED: readonly Extension[] = [
  history(),
  json(),
  linter((view) => (view.state.doc.toString().trim() ? jsonParseLinter()(view) : [])),
  indentOnInput(),
  bracketMatching(),
  EditorView.lineWrapping,
  syntaxHighlighting(colours),
  theme,
];

export function CodeMirrorEditor(props: EditorProps) {
  const { label, value } = props;
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(undefined);
  // Told and not come back as `value` yet: more may be typed before the first of them does.
  const told = useRef<string[]>([]);
  const changed = useEffectEvent((text: string) => {
    told.current.push(text);
    props.onChange(text);
  });
  const submitted = useEffectEvent(() => {
    props.onSubmit?.();
    return props.onSubmit !== undefined;
  });
  const first = useEffectEvent(() => value);

  useEffect(() => {
    const element = host.current;
    if (!element) return;
    const root = element.shadowRoot ?? element.attachShadow({ mode: 'open' });
    const extensions = [
      ...FIXED,
      keymap.of([{ key: 'Mod-Enter', run: () => submitted() }, ...historyKeymap, ...defaultKeymap]),
      EditorView.contentAttributes.of({ 'aria-label': label, spellcheck: 'false' }),
      EditorView.updateListener.of((update) => {
        if (update.docChanged) changed(update.state.doc.toString());
      }),
    ];
    const state = EditorState.create({ doc: first(), extensions });
    const made = new EditorView({ state, root, parent: root });
    view.current = made;
    return () => made.destroy();
  }, [label]);

  useEffect(() => {
    const made = view.current;
    const echo = told.current.indexOf(value);
    told.current.splice(0, echo + 1);
    if (echo >= 0 || !made || made.state.doc.toString() === value) return;
    told.current = [];
    made.dispatch({ changes: { from: 0, to: made.state.doc.length, insert: value } });
  }, [value]);

  return <div ref={host} className="editor-host" />;
}
