/** What is shown without a session: the way to sign in, or why there is none. */
import { useEffect } from 'preact/hooks'
import { describeFailure } from '../api/failure.ts'
import { Failure } from '../parts/states.tsx'
import { FAILURES, PRODUCT, SHELL, SIGN_IN } from '../texts/shell.ts'
import { loadSession, type SignIn, signInUrl } from './session.ts'

type Props = { readonly state: Exclude<SignIn, { readonly state: 'loading' | 'signed_in' }> }

export function SignInPage({ state }: Props) {
  const title = titleOf(state)
  useEffect(() => {
    document.title = SHELL.titleOf(title, location.host)
  }, [title])
  return (
    <main class="gate">
      <p class="brand">{PRODUCT}</p>
      <h1>{title}</h1>
      <Body state={state} />
    </main>
  )
}

function titleOf(state: Props['state']): string {
  switch (state.state) {
    case 'signed_out':
      return SIGN_IN.title
    case 'not_set_up':
      return SIGN_IN.notSetUpTitle
    case 'failed':
      return describeFailure(state.failure).title
  }
}

function Body({ state }: Props) {
  switch (state.state) {
    case 'signed_out':
      return (
        <>
          {state.failure !== undefined && <Failure failure={state.failure} />}
          <p>{SIGN_IN.lead(location.host)}</p>
          <p>{SIGN_IN.explain}</p>
          <a class="button strong" href={signInUrl()}>
            {SIGN_IN.action}
          </a>
        </>
      )
    case 'not_set_up':
      return <p>{SIGN_IN.notSetUp}</p>
    case 'failed':
      return (
        <>
          <p>{describeFailure(state.failure).detail}</p>
          <button type="button" class="button strong" onClick={() => void loadSession()}>
            {FAILURES.retry}
          </button>
        </>
      )
  }
}
