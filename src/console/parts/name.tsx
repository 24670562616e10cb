/** Shows text of another party: it wraps anywhere, and cannot hide or reorder what stands beside it. */
import { splitUnsafe } from './names.ts'

type Props = {
  readonly text: string
  /** For ids, paths and URLs. */
  readonly isCode?: boolean
}

export function Name({ text, isCode = false }: Props) {
  const pieces = splitUnsafe(text).map((piece, index) =>
    piece.isEscaped ? (
      <span key={index} class="escaped">
        {piece.text}
      </span>
    ) : (
      piece.text
    ),
  )
  return <bdi class={isCode ? 'name code' : 'name'}>{pieces}</bdi>
}
