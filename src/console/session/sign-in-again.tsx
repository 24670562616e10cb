/** The link to a new sign-in. It opens another tab, so that this page keeps what the user typed. */
import { PATHS } from '../../protocol/paths.ts'
import type { ApiFailure } from '../api/failure.ts'
import { Failure } from '../parts/states.tsx'
import { SIGN_IN } from '../texts/shell.ts'
import { signInUrl } from './session.ts'

export function SignInAgain() {
  const href = signInUrl(`${PATHS.console}/signed-in`)
  return (
    <a class="button" href={href} target="_blank" rel="noopener">
      {SIGN_IN.again}
    </a>
  )
}

/** A failure inside of a dialog, from which the user cannot reach the notice of the page. */
export function DialogFailure({ failure }: { readonly failure: ApiFailure }) {
  return (
    <>
      <Failure failure={failure} />
      {failure.kind === 'session_ended' && <SignInAgain />}
    </>
  )
}
