/** Loads the code of a page and shows the page. */
import type { ComponentType } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { FailureBox, Loading } from '../parts/states.tsx'
import type { Route } from '../routes.ts'
import { SHELL } from '../texts/shell.ts'
import type { PageProps } from './page-props.ts'

type Props = PageProps & { readonly route: Route }

export function PageView({ route, ...props }: Props) {
  const [page, setPage] = useState<{ readonly Page: ComponentType<PageProps> } | 'failed'>()
  useEffect(() => {
    let isCurrent = true
    route.load().then(
      (loaded) => isCurrent && setPage({ Page: loaded.Page }),
      () => isCurrent && setPage('failed'),
    )
    return () => {
      isCurrent = false
    }
  }, [route])
  if (page === undefined) return <Loading what={SHELL.loadingPage} />
  if (page === 'failed') {
    return (
      <FailureBox
        text={SHELL.pageFailed}
        action={SHELL.reload}
        onAction={() => location.reload()}
      />
    )
  }
  return <page.Page {...props} />
}
