/**
 * The notice that the session ends soon or has ended. The sign-in opens in another tab, so that this
 * page keeps what the user typed.
 */
import { useEffect, useState } from 'preact/hooks'
import { PATHS } from '../../protocol/paths.ts'
import { SIGN_IN } from '../texts/shell.ts'
import { type Session, signInUrl } from './session.ts'

const WARNING_SECONDS = 120

type Props = {
  readonly session: Session
  readonly hasEnded: boolean
}

export function SessionNotice({ session, hasEnded }: Props) {
  const [endsSoon, setEndsSoon] = useState(false)
  useEffect(() => {
    setEndsSoon(false)
    const until = session.expires_at * 1000 - Date.now() - WARNING_SECONDS * 1000
    const timer = setTimeout(() => setEndsSoon(true), Math.min(Math.max(0, until), 0x7fffffff))
    return () => clearTimeout(timer)
  }, [session.expires_at])
  const isShown = hasEnded || endsSoon
  return (
    <div role="status">
      {isShown && (
        <p class="notice warn">
          {hasEnded ? SIGN_IN.ended : SIGN_IN.endsSoon}{' '}
          <a
            class="button"
            href={signInUrl(`${PATHS.console}/signed-in`)}
            target="_blank"
            rel="noopener"
          >
            {SIGN_IN.again}
          </a>
        </p>
      )}
    </div>
  )
}
