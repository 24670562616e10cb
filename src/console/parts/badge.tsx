/** A word in a frame. The colour repeats what the word says. */
import type { ComponentChildren } from 'preact'

export type Tone = 'plain' | 'good' | 'warn' | 'bad' | 'info'

type Props = { readonly tone?: Tone; readonly children: ComponentChildren }

export function Badge({ tone = 'plain', children }: Props) {
  return <span class={`badge ${tone}`}>{children}</span>
}
