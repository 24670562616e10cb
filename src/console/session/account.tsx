/** Who is signed in, until when, the theme, and the way out. */

import { describeFailure } from '../api/failure.ts'
import { Moment } from '../parts/moment.tsx'
import { Name } from '../parts/name.tsx'
import { showMessage } from '../shell/messages.tsx'
import { useStore } from '../shell/store.ts'
import { chooseTheme, THEMES, theme } from '../shell/theme.ts'
import { SHELL } from '../texts/shell.ts'
import { type Session, signOut } from './session.ts'

export function Account({ session }: { readonly session: Session }) {
  const chosen = useStore(theme)
  const leave = async () => {
    const failure = await signOut()
    if (failure === undefined) return
    showMessage({
      tone: 'bad',
      text: `${SHELL.signOutFailed}: ${describeFailure(failure).detail}`,
    })
  }
  return (
    <div class="account">
      <button type="button" class="account-button" popovertarget="account">
        {SHELL.account}
      </button>
      <section id="account" class="card account-card" popover="auto" aria-label={SHELL.account}>
        <dl class="facts">
          <dt>{SHELL.signedInAs}</dt>
          <dd>
            <Name text={session.subject} />
          </dd>
          {session.role !== undefined && (
            <>
              <dt>{SHELL.role}</dt>
              <dd>{session.role}</dd>
            </>
          )}
          <dt>{SHELL.scopes}</dt>
          <dd>{session.scopes.join(' ')}</dd>
          <dt>{SHELL.sessionEnds}</dt>
          <dd>
            <Moment seconds={session.expires_at} />
          </dd>
          <dt>{SHELL.release}</dt>
          <dd>{session.release}</dd>
        </dl>
        <fieldset class="themes">
          <legend>{SHELL.theme}</legend>
          {THEMES.map((name) => (
            <label key={name}>
              <input
                type="radio"
                name="theme"
                checked={chosen === name}
                onChange={() => chooseTheme(name)}
              />
              {SHELL.themes[name]}
            </label>
          ))}
        </fieldset>
        <button type="button" class="button" onClick={leave}>
          {SHELL.signOut}
        </button>
      </section>
    </div>
  )
}
