/**
 * Replaces a selection with typed text in the state of the editor. Chromium would do it in the document
 * and keep the style of the old text in a `style` attribute, which the Content Security Policy blocks and
 * reports.
 */
import { EditorView } from '@codemirror/view'

export const replaceSelection = EditorView.domEventHandlers({
  beforeinput(event, view) {
    const { state, composing } = view
    const { from, to, empty } = state.selection.main
    const text = event.data
    if (event.inputType !== 'insertText' || text === null || empty || composing) return false
    const insert = () =>
      state.update(state.replaceSelection(text), { userEvent: 'input.type', scrollIntoView: true })
    const handlers = state.facet(EditorView.inputHandler)
    const isHandled = handlers.some((handle) => handle(view, from, to, text, insert))
    if (!isHandled) view.dispatch(insert())
    event.preventDefault()
    return true
  },
})
