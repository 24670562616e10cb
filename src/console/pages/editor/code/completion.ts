/** Completion of the code editor, from the JSON Schema and the other parts of the document. */
import {
  autocompletion,
  type CompletionContext,
  type CompletionResult,
} from '@codemirror/autocomplete'
import { completeAt } from '../document/complete.ts'

function complete({ state, pos, explicit }: CompletionContext): CompletionResult | null {
  const line = state.doc.lineAt(pos)
  const before = line.text.slice(0, pos - line.from)
  // Without a request, a list appears only while a word is written.
  if (!explicit && !/[^\s,[\]{}"'#]$|["']$|: $/.test(before)) return null
  const found = completeAt(state.doc.toString(), pos)
  if (found === undefined) return null
  return {
    from: found.from,
    options: found.options.map(({ label, kind, about, insert, isRequired }) => ({
      label,
      apply: insert,
      type: kind === 'key' ? 'property' : 'constant',
      ...(about === '' ? {} : { info: about }),
      ...(isRequired ? { boost: 1 } : {}),
    })),
    validFor: /^[^\s,[\]{}"'#]*$/,
  }
}

export const completion = autocompletion({ override: [complete], icons: false })
