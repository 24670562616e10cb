/** The heading of a page. After a navigation it gets the focus, so that a screen reader reads it. */
import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { SHELL } from '../texts/shell.ts'
import { takeArrival } from './router.tsx'

type Props = {
  readonly title: string
  /** The name of what the page is about, if that is more than the title. */
  readonly heading?: ComponentChildren
  /** Buttons and links beside the heading. */
  readonly actions?: ComponentChildren
  readonly children: ComponentChildren
}

export function PageFrame({ title, heading, actions, children }: Props) {
  const headline = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    document.title = SHELL.titleOf(title, location.host)
  }, [title])
  useEffect(() => {
    if (takeArrival()) headline.current?.focus({ preventScroll: true })
  })
  return (
    <>
      <div class="page-head">
        <h1 ref={headline} tabIndex={-1}>
          {heading ?? title}
        </h1>
        {actions !== undefined && <div class="page-actions">{actions}</div>}
      </div>
      {children}
    </>
  )
}
