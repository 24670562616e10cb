/** What surrounds every page: header, navigation, the notice of an ended session, and messages. */
import type { ComponentChildren } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { NAVIGATION_ENTRIES } from '../routes.ts'
import { Account } from '../session/account.tsx'
import type { SignIn } from '../session/session.ts'
import { SessionNotice } from '../session/session-notice.tsx'
import { PRODUCT, SHELL } from '../texts/shell.ts'
import { Messages } from './messages.tsx'
import { Link } from './router.tsx'

type Props = {
  readonly state: Extract<SignIn, { readonly state: 'signed_in' }>
  readonly path: string
  readonly children: ComponentChildren
}

export function Frame({ state, path, children }: Props) {
  const [isOpen, setOpen] = useState(false)
  useEffect(() => setOpen(false), [path])
  return (
    <div class="frame">
      <a class="skip" href="#content">
        {SHELL.skip}
      </a>
      <header class="top">
        <Link class="brand" to="/">
          {PRODUCT}
        </Link>
        <span class="gateway">{location.host}</span>
        <button
          type="button"
          class="menu-button"
          aria-expanded={isOpen}
          aria-controls="navigation"
          onClick={() => setOpen(!isOpen)}
        >
          {SHELL.menu}
        </button>
        <Account session={state.session} />
      </header>
      <nav id="navigation" class={isOpen ? 'side open' : 'side'} aria-label={SHELL.navigation}>
        <ul>
          {NAVIGATION_ENTRIES.map((entry) => (
            <li key={entry.path}>
              <Link to={entry.path} {...(isWithin(path, entry.path) && { 'aria-current': 'page' })}>
                {entry.label}
              </Link>
            </li>
          ))}
        </ul>
      </nav>
      <main id="content" tabIndex={-1}>
        <SessionNotice session={state.session} hasEnded={state.hasEnded} />
        {children}
      </main>
      <Messages />
    </div>
  )
}

/** The page of a rule is within the rules. */
function isWithin(path: string, entry: string): boolean {
  return path === entry || (entry !== '/' && path.startsWith(`${entry}/`))
}
