// What the page that edits a schema needs of CodeMirror. It is bundled into ../static/codemirror.js by build.mjs.
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { json } from "@codemirror/lang-json";
import { HighlightStyle, StreamLanguage, bracketMatching, foldGutter, foldKeymap, indentOnInput, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { protobuf } from "@codemirror/legacy-modes/mode/protobuf";
import { lintGutter, lintKeymap, setDiagnostics } from "@codemirror/lint";
import { highlightSelectionMatches, searchKeymap } from "@codemirror/search";
import { Compartment, EditorState } from "@codemirror/state";
import { EditorView, drawSelection, highlightActiveLine, highlightActiveLineGutter, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";

// Colours are those of the page: custom properties reach into the shadow root.
const theme = EditorView.theme({
  "&": { color: "var(--ink)", backgroundColor: "var(--surface)", fontSize: "0.8125rem", height: "100%" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.6" },
  ".cm-content": { caretColor: "var(--ink)", padding: "0.5rem 0" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  ".cm-gutters": { color: "var(--dim)", backgroundColor: "var(--sunken)", border: "0", borderRight: "1px solid var(--line)" },
  ".cm-lineNumbers .cm-gutterElement": { minWidth: "2.5rem" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "color-mix(in oklab, var(--accent) 7%, transparent)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": { backgroundColor: "color-mix(in oklab, var(--accent) 25%, transparent)" },
  ".cm-selectionMatch": { backgroundColor: "color-mix(in oklab, var(--accent) 15%, transparent)" },
  "&.cm-focused .cm-matchingBracket": { backgroundColor: "color-mix(in oklab, var(--accent) 22%, transparent)", outline: "none" },
  "&.cm-focused .cm-nonmatchingBracket": { backgroundColor: "var(--bad-soft)" },
  ".cm-tooltip": { color: "var(--ink)", backgroundColor: "var(--raised)", border: "1px solid var(--line)", borderRadius: "var(--radius)", boxShadow: "var(--shadow-high)", maxWidth: "34rem" },
  ".cm-diagnostic": { fontFamily: "var(--sans)", padding: "0.375rem 0.75rem", whiteSpace: "pre-wrap", borderLeftWidth: "3px" },
  ".cm-diagnostic-error": { borderLeftColor: "var(--bad)" },
  ".cm-diagnostic-warning": { borderLeftColor: "var(--warn)" },
  ".cm-lintRange-error": { backgroundImage: "none", textDecoration: "underline wavy var(--bad) 1px", textUnderlineOffset: "3px" },
  ".cm-lintRange-warning": { backgroundImage: "none", textDecoration: "underline wavy var(--warn) 1px", textUnderlineOffset: "3px" },
  ".cm-panels": { color: "var(--ink)", backgroundColor: "var(--sunken)" },
  ".cm-panels.cm-panels-bottom": { borderTop: "1px solid var(--line)" },
  ".cm-textfield": { color: "var(--ink)", backgroundColor: "var(--surface)", border: "1px solid var(--line-strong)", borderRadius: "3px" },
  ".cm-button": { color: "var(--ink)", background: "var(--surface)", border: "1px solid var(--line-strong)", borderRadius: "3px" },
  ".cm-searchMatch": { backgroundColor: "var(--warn-soft)", outline: "1px solid var(--warn)" },
  ".cm-foldPlaceholder": { color: "var(--dim)", backgroundColor: "var(--sunken)", border: "1px solid var(--line)" },
});

const colours = HighlightStyle.define([
  { tag: tags.propertyName, color: "var(--syn-key)" },
  { tag: tags.string, color: "var(--syn-string)" },
  { tag: tags.number, color: "var(--syn-number)" },
  { tag: [tags.bool, tags.null, tags.keyword, tags.atom], color: "var(--syn-word)" },
  { tag: [tags.typeName, tags.className], color: "var(--syn-type)" },
  { tag: tags.comment, color: "var(--syn-comment)", fontStyle: "italic" },
]);

const languages = { json: json(), protobuf: StreamLanguage.define(protobuf) };

/**
 * Puts an editor into a shadow root, where its styles are adopted style sheets, which a strict policy allows.
 *
 * @param {ShadowRoot} root
 * @param {{ text: string, language: "json" | "protobuf", label: string, changed: (text: string) => void }} options
 */
export function mount(root, { text, language, label, changed }) {
  const syntax = new Compartment();
  const view = new EditorView({
    root,
    parent: root,
    state: EditorState.create({
      doc: text,
      extensions: [
        lineNumbers(), foldGutter(), lintGutter(), history(), drawSelection(), indentOnInput(), bracketMatching(), highlightActiveLine(),
        highlightActiveLineGutter(), highlightSelectionMatches(), indentUnit.of("  "), EditorState.tabSize.of(2),
        syntaxHighlighting(colours), syntax.of(languages[language]), theme,
        EditorView.contentAttributes.of({ "aria-label": label, spellcheck: "false", tabindex: "0" }),
        EditorView.updateListener.of((update) => { if (update.docChanged) changed(update.state.doc.toString()); }),
        // Tab leaves the editor, so that nobody who uses the keyboard is caught in it.
        keymap.of([...defaultKeymap, ...historyKeymap, ...searchKeymap, ...foldKeymap, ...lintKeymap]),
      ],
    }),
  });
  const at = (line, column) => {
    if (line > view.state.doc.lines) return view.state.doc.length;
    const l = view.state.doc.line(Math.max(1, line));
    // Columns count code points, CodeMirror counts UTF-16 units.
    return l.from + [...l.text].slice(0, column - 1).join("").length;
  };
  return {
    focus: () => view.focus(),
    text: () => view.state.doc.toString(),
    replace: (changedText) => view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: changedText } }),
    setLanguage: (name) => view.dispatch({ effects: syntax.reconfigure(languages[name]) }),
    /** @param {number} line */
    reveal: (line) => {
      const pos = at(line, 1);
      view.dispatch({ selection: { anchor: pos }, effects: EditorView.scrollIntoView(pos, { y: "center" }) });
      view.focus();
    },
    /** @param {{ line: number, column: number, endLine: number, endColumn: number, severity: "error" | "warning", message: string }[]} marks */
    mark: (marks) => view.dispatch(setDiagnostics(view.state, marks.map((m) => {
      const from = at(m.line, m.column);
      // A place of many lines is marked in its first one: the whole schema underlined says nothing.
      const end = m.endLine > m.line ? view.state.doc.lineAt(from).to : at(m.endLine, m.endColumn);
      return { from, to: Math.max(from, end), severity: m.severity, message: m.message };
    }))),
  };
}
