/** Where a sign-in in a new tab ends. It tells the other tabs, which keep what the user typed. */
import { useEffect } from 'preact/hooks'
import { announceSignIn } from '../../session/session.ts'
import { PageFrame } from '../../shell/page-frame.tsx'
import { Link } from '../../shell/router.tsx'
import { SIGN_IN } from '../../texts.ts'

export function Page() {
  useEffect(announceSignIn, [])
  return (
    <PageFrame title={SIGN_IN.doneTitle}>
      <p>{SIGN_IN.done}</p>
      <p>
        <Link to="/">{SIGN_IN.goOn}</Link>
      </p>
    </PageFrame>
  )
}
