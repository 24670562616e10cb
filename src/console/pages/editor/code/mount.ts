/**
 * The code editor. It lives in a shadow root, because there its style sheets are constructed by script,
 * which the Content Security Policy allows; in a document they would be inline styles.
 */
import { indentWithTab } from '@codemirror/commands'
import { json } from '@codemirror/lang-json'
import { yaml } from '@codemirror/lang-yaml'
import { type Diagnostic, lintGutter, setDiagnostics } from '@codemirror/lint'
import { Compartment, EditorState, type Text } from '@codemirror/state'
import { EditorView, keymap } from '@codemirror/view'
import { basicSetup } from 'codemirror'
import { EDITOR } from '../../../texts/editor.ts'
import { formatOf } from '../document/text.ts'
import { completion } from './completion.ts'
import { look } from './look.ts'
import { replaceSelection } from './replace-selection.ts'

/** A problem or a finding at a place of the text. */
export type Mark = {
  readonly line: number
  readonly column: number
  readonly severity: 'error' | 'warn' | 'info'
  readonly message: string
}

export type CodeEditor = {
  /** Replaces the text, unless it is the text that the editor has. The user can undo it. */
  readonly setText: (text: string) => void
  readonly setMarks: (marks: readonly Mark[]) => void
  readonly jumpTo: (line: number, column: number) => void
  readonly destroy: () => void
}

/** The names of CodeMirror for the severities of lint. */
const MARK_SEVERITIES = { error: 'error', warn: 'warning', info: 'info' } as const
const isMac = /Mac|iPhone|iPad/.test(navigator.userAgent)

export function mountCode(
  holder: HTMLElement,
  text: string,
  onChange: (text: string) => void,
): CodeEditor {
  const root = holder.shadowRoot ?? holder.attachShadow({ mode: 'open' })
  const language = new Compartment()
  // Comparing the whole text for each letter would be slow.
  let known = text
  const view = new EditorView({
    root,
    parent: root,
    state: EditorState.create({
      doc: text,
      extensions: [
        basicSetup,
        keymap.of([indentWithTab]),
        language.of(languageOf(text)),
        completion,
        replaceSelection,
        lintGutter(),
        look,
        EditorState.tabSize.of(2),
        EditorView.contentAttributes.of({
          'aria-label': EDITOR.label,
          // An editable element takes the focus anyway, which axe-core does not know.
          tabindex: '0',
          'aria-description': isMac ? EDITOR.keysOfMac : EDITOR.keys,
        }),
        EditorView.updateListener.of(({ docChanged, state }) => {
          if (!docChanged) return
          known = state.doc.toString()
          onChange(known)
        }),
      ],
    }),
  })
  return {
    setText(next) {
      if (next === known) return
      const isOther = formatOf(next) !== formatOf(known)
      known = next
      view.dispatch({
        changes: { from: 0, to: view.state.doc.length, insert: next },
        ...(isOther ? { effects: language.reconfigure(languageOf(next)) } : {}),
      })
    },
    setMarks(marks) {
      view.dispatch(
        setDiagnostics(
          view.state,
          marks.map((mark) => toDiagnostic(view.state.doc, mark)),
        ),
      )
    },
    jumpTo(line, column) {
      const anchor = offsetOf(view.state.doc, line, column)
      view.dispatch({
        selection: { anchor },
        effects: EditorView.scrollIntoView(anchor, { y: 'center' }),
      })
      view.focus()
    },
    destroy: () => view.destroy(),
  }
}

function languageOf(text: string) {
  return formatOf(text) === 'json' ? json() : yaml()
}

function offsetOf(text: Text, line: number, column: number): number {
  const { from, to } = text.line(Math.min(Math.max(line, 1), text.lines))
  return Math.min(from + Math.max(column, 1) - 1, to)
}

/** From the place to the end of the word. */
function toDiagnostic(text: Text, { line, column, severity, message }: Mark): Diagnostic {
  const from = offsetOf(text, line, column)
  const rest = text.sliceString(from, text.lineAt(from).to)
  const word = /^[^\s:,[\]{}]+/.exec(rest)?.[0].length ?? 0
  return { from, to: from + word, severity: MARK_SEVERITIES[severity], message }
}
