/**
 * The notice that the session ends soon or has ended. The sign-in opens in another tab, so that this
 * page keeps what the user typed.
 */
import { useEffect, useState } from 'preact/hooks'
import { SIGN_IN } from '../texts/shell.ts'
import type { Session } from './session.ts'
import { SignInAgain } from './sign-in-again.tsx'

const WARNING_SECONDS = 120

type Props = {
  readonly session: Session
  readonly hasEnded: boolean
}

export function SessionNotice({ session, hasEnded }: Props) {
  const [endsSoon, setEndsSoon] = useState(false)
  useEffect(() => {
    setEndsSoon(false)
    const left = session.expires_at * 1000 - Date.now()
    // The gateway has just said that the session lasts, so the clock of the browser is wrong.
    if (left <= 0) return
    const until = left - WARNING_SECONDS * 1000
    const timer = setTimeout(() => setEndsSoon(true), Math.min(Math.max(0, until), 0x7fffffff))
    return () => clearTimeout(timer)
  }, [session])
  const isShown = hasEnded || endsSoon
  return (
    <div role="status">
      {isShown && (
        <p class="notice warn">
          {hasEnded ? SIGN_IN.ended : SIGN_IN.endsSoon} <SignInAgain />
        </p>
      )}
    </div>
  )
}
