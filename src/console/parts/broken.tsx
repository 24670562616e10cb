/** Shows a sentence in place of a page that threw an error. */
import { Component, type ComponentChildren } from 'preact'
import { SHELL } from '../texts/shell.ts'
import { FailureBox } from './states.tsx'

type Props = { readonly children: ComponentChildren }

export class Broken extends Component<Props, { readonly isBroken: boolean }> {
  override state = { isBroken: false }

  static override getDerivedStateFromError() {
    return { isBroken: true }
  }

  override componentDidCatch(error: unknown) {
    console.error(error)
  }

  override render() {
    if (!this.state.isBroken) return this.props.children
    return (
      <FailureBox
        text={SHELL.pageBroken}
        action={SHELL.reload}
        onAction={() => location.reload()}
      />
    )
  }
}
