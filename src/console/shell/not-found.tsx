/** The page of an address that no route has. */
import { SHELL } from '../texts/shell.ts'
import { PageFrame } from './page-frame.tsx'
import { Link } from './router.tsx'

export function NotFound() {
  return (
    <PageFrame title={SHELL.notFound.title}>
      <p>{SHELL.notFound.detail}</p>
      <p>
        <Link to="/">{SHELL.notFound.back}</Link>
      </p>
    </PageFrame>
  )
}
