/** Where a sign-in in a new tab ends. The other tabs keep what the user typed. */
import { PageFrame } from '../../shell/page-frame.tsx'
import { Link } from '../../shell/router.tsx'
import { SIGN_IN } from '../../texts/shell.ts'

export function Page() {
  return (
    <PageFrame title={SIGN_IN.doneTitle}>
      <p>{SIGN_IN.done}</p>
      <p>
        <Link to="/">{SIGN_IN.goOn}</Link>
      </p>
    </PageFrame>
  )
}
