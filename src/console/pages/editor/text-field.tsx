/**
 * The text of the document: a plain text field at first and on demand, and the code editor as soon as its
 * code has arrived.
 */
import { useEffect, useRef, useState } from 'preact/hooks'
import { EDITOR } from '../../texts/editor.ts'
import type * as Mount from './code/mount.ts'
import type { CodeEditor, Mark } from './code/mount.ts'

export type Jump = {
  /** From 1. */
  readonly line: number
  readonly column: number
}

/** A text that the user did not type. Each is a new object. */
export type Placed = { readonly text: string }

type Props = {
  readonly text: string
  /** The last text that was put in place of the user's. */
  readonly placed: Placed
  readonly marks: readonly Mark[]
  readonly isPlain: boolean
  /** A new object moves the cursor there. */
  readonly jump: Jump | undefined
  readonly onChange: (text: string) => void
}

export function TextField(props: Props) {
  const { text, placed, marks, isPlain, jump, onChange } = props
  const [code, setCode] = useState<{ readonly mount: typeof Mount } | 'failed'>()
  useEffect(() => {
    import('./code/mount.ts').then(
      (mount) => setCode({ mount }),
      () => setCode('failed'),
    )
  }, [])
  if (!isPlain && typeof code === 'object') {
    const { mountCode } = code.mount
    return <CodeField {...{ text, placed, marks, jump, onChange, mountCode }} />
  }
  return (
    <>
      {code === 'failed' && (
        <p class="notice warn" role="status">
          <strong>{EDITOR.codeFailed.title}.</strong> {EDITOR.codeFailed.detail}
        </p>
      )}
      <PlainField {...{ text, jump, onChange }} />
    </>
  )
}

type PlainProps = Pick<Props, 'text' | 'jump' | 'onChange'>

function PlainField({ text, jump, onChange }: PlainProps) {
  const field = useRef<HTMLTextAreaElement>(null)
  useEffect(() => {
    const area = field.current
    if (area === null || jump === undefined) return
    const lines = area.value.split('\n').slice(0, jump.line - 1)
    const offset = lines.reduce((sum, line) => sum + line.length + 1, 0) + jump.column - 1
    area.focus()
    area.setSelectionRange(offset, offset)
    const height = area.scrollHeight / Math.max(1, area.value.split('\n').length)
    area.scrollTop = Math.max(0, (jump.line - 4) * height)
  }, [jump])
  return (
    <textarea
      ref={field}
      class="plain-editor code"
      aria-label={EDITOR.label}
      spellcheck={false}
      autocomplete="off"
      wrap="off"
      value={text}
      onInput={({ currentTarget }) => onChange(currentTarget.value)}
    />
  )
}

type CodeProps = Omit<Props, 'isPlain'> & {
  readonly mountCode: typeof Mount.mountCode
}

function CodeField({ text, placed, marks, jump, onChange, mountCode }: CodeProps) {
  const holder = useRef<HTMLDivElement>(null)
  const editor = useRef<CodeEditor | undefined>(undefined)
  const report = useRef(onChange)
  report.current = onChange
  useEffect(() => {
    if (holder.current === null) return undefined
    const mounted = mountCode(holder.current, text, (changed) => report.current(changed))
    editor.current = mounted
    return () => mounted.destroy()
  }, [mountCode])
  // What the user types comes back as `text`, when the editor may already have the next letter.
  const seen = useRef(placed)
  useEffect(() => {
    if (seen.current !== placed) editor.current?.setText(placed.text)
    seen.current = placed
  }, [placed])
  useEffect(() => editor.current?.setMarks(marks), [marks])
  useEffect(() => {
    if (jump !== undefined) editor.current?.jumpTo(jump.line, jump.column)
  }, [jump])
  return <div ref={holder} class="code-editor" />
}
