/** Tables that scroll sideways on a narrow screen, and headers that sort. */
import type { ComponentChildren } from 'preact'
import { TABLES } from '../texts/shell.ts'

/** The text of a column header. Numbers are aligned at their end. */
type Column = string | { readonly number: string }

type TableProps = {
  /** What the table has. Screen readers read it first. */
  readonly label: string
  /** Without them, `children` has the head and the body. */
  readonly columns?: readonly Column[]
  readonly children: ComponentChildren
}

/** The region takes the focus, so that the arrow keys can scroll it. */
export function Table({ label, columns, children }: TableProps) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a section would be a landmark too.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must take the focus (WCAG 2.1.1).
    <div class="scroll" role="region" aria-label={label} tabIndex={0}>
      <table>
        {columns === undefined ? (
          children
        ) : (
          <>
            <thead>
              <tr>{columns.map(renderColumn)}</tr>
            </thead>
            <tbody>{children}</tbody>
          </>
        )}
      </table>
    </div>
  )
}

function renderColumn(column: Column) {
  const isNumber = typeof column !== 'string'
  const text = isNumber ? column.number : column
  return (
    <th key={text} scope="col" class={isNumber ? 'number' : ''}>
      {text}
    </th>
  )
}

type Order = 'ascending' | 'descending'

type SortProps = {
  readonly children: ComponentChildren
  /** The order of the table by this column, if it is sorted by it. */
  readonly order: Order | undefined
  readonly onSort: () => void
  readonly isNumber?: boolean
}

export function SortHeader({ children, order, onSort, isNumber = false }: SortProps) {
  const arrow = order === undefined ? '' : order === 'ascending' ? '▲' : '▼'
  return (
    <th scope="col" class={isNumber ? 'number' : ''} aria-sort={order ?? 'none'}>
      <button type="button" class="sort" onClick={onSort}>
        {children}
        <span aria-hidden="true">{arrow}</span>
      </button>
    </th>
  )
}

type PagerProps = {
  /** From 0. */
  readonly page: number
  readonly size: number
  readonly count: number
  readonly onPage: (page: number) => void
}

/** Shows nothing if all rows fit on one page. */
export function Pager({ page, size, count, onPage }: PagerProps) {
  if (count <= size) return null
  const last = Math.ceil(count / size) - 1
  return (
    <nav class="pager" aria-label={TABLES.pages}>
      <button type="button" class="button" disabled={page === 0} onClick={() => onPage(page - 1)}>
        {TABLES.previous}
      </button>
      <span>{TABLES.range(page * size + 1, Math.min(count, (page + 1) * size), count)}</span>
      <button type="button" class="button" disabled={page >= last} onClick={() => onPage(page + 1)}>
        {TABLES.next}
      </button>
    </nav>
  )
}
