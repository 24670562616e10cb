/**
 * The state of the sign-in. The session itself is a cookie that no script can read; the gateway says
 * whose it is. Tabs tell each other when the user signs in or out.
 */
import type { Session } from '../../contract/session.ts'
import { PATHS } from '../../protocol/paths.ts'
import { forgetAnswers } from '../api/answers.ts'
import type { ApiFailure } from '../api/failure.ts'
import { sendQuietly, whenScopeIsMissing, whenSessionEnds } from '../api/request.ts'
import { LOGIN_ANSWER, NO_BODY, SESSION_ANSWER } from '../api/shapes.ts'
import { dropDraft } from '../pages/editor/draft.ts'
import { currentPath, GATEWAY } from '../shell/base.ts'
import { createStore } from '../shell/store.ts'

export type { Session }

export type SignIn =
  | { readonly state: 'loading' }
  /** `failure`: what went wrong at the sign-out, such as that the token still lives. */
  | { readonly state: 'signed_out'; readonly failure?: ApiFailure }
  /** The gateway has no `ADMIN_LOGIN`. `detail` is its sentence about that. */
  | { readonly state: 'not_set_up'; readonly detail?: string }
  | { readonly state: 'failed'; readonly failure: ApiFailure }
  /** `hasEnded`: the pages stay, with what the user typed, until he signs in again. */
  | { readonly state: 'signed_in'; readonly session: Session; readonly hasEnded: boolean }

export const signIn = createStore<SignIn>({ state: 'loading' })

/** How often a session was renewed while pages were open. */
export const sessionRenewals = createStore(0)

const SESSION = `${GATEWAY}${PATHS.consoleSession}`
const LOGIN = `${GATEWAY}${PATHS.adminLogin}`
const LOGOUT = `${GATEWAY}${PATHS.consoleLogout}`

/** How often the gateway is asked while only the clock of the browser says that the session has ended. */
const RECHECK_MILLISECONDS = 60_000

/** Other tabs of this browser. */
const tabs = new BroadcastChannel('edgemint-session')
let endTimer: ReturnType<typeof setTimeout> | undefined

export async function loadSession(): Promise<void> {
  const answer = await sendQuietly(SESSION, SESSION_ANSWER)
  const before = signIn.get()
  if (answer.ok) {
    // The session is that of every tab, and it may be of another person than before.
    if (before.state !== 'signed_in') tabs.postMessage('signed_in')
    return startSession(answer.value.value)
  }
  if (before.state === 'signed_in') {
    if (answer.error.kind === 'session_ended') markEnded()
    return
  }
  if (answer.error.kind !== 'session_ended' && answer.error.kind !== 'problem') {
    signIn.set({ state: 'failed', failure: answer.error })
    return
  }
  signIn.set(await findSignIn(answer.error))
}

/** Without a session: whether this gateway lets people sign in. */
async function findSignIn(failure: ApiFailure): Promise<SignIn> {
  const login = await sendQuietly(LOGIN, LOGIN_ANSWER)
  if (login.ok) {
    return failure.kind === 'session_ended' ? { state: 'signed_out' } : { state: 'failed', failure }
  }
  const { error } = login
  if (error.kind === 'problem' && error.status < 500) {
    const { detail } = error.problem
    return { state: 'not_set_up', ...(detail === undefined ? {} : { detail }) }
  }
  return { state: 'failed', failure: error }
}

function startSession(session: Session): void {
  const before = signIn.get()
  if (before.state === 'signed_in' && before.session.subject !== session.subject) forgetAnswers()
  signIn.set({ state: 'signed_in', session, hasEnded: false })
  if (before.state === 'signed_in' && before.hasEnded)
    sessionRenewals.set(sessionRenewals.get() + 1)
  clearTimeout(endTimer)
  const left = session.expires_at * 1000 - Date.now()
  // A longer delay than this overflows, and the timer would fire at once.
  const milliseconds = left > 0 ? Math.min(left, 0x7fffffff) : RECHECK_MILLISECONDS
  endTimer = setTimeout(() => void checkEnd(), milliseconds)
}

/** By the clock of the browser, the session has ended. That clock may be wrong, so the gateway says. */
async function checkEnd(): Promise<void> {
  const answer = await sendQuietly(SESSION, SESSION_ANSWER)
  if (signIn.get().state !== 'signed_in') return
  if (answer.ok) startSession(answer.value.value)
  else markEnded()
}

function markEnded(): void {
  const current = signIn.get()
  if (current.state !== 'signed_in' || current.hasEnded) return
  clearTimeout(endTimer)
  signIn.set({ ...current, hasEnded: true })
}

/** Listens to failed requests and to other tabs. */
export function watchSession(): void {
  whenSessionEnds(markEnded)
  whenScopeIsMissing((scope) => {
    const current = signIn.get()
    // A new policy has taken the scope from the session.
    if (current.state === 'signed_in' && current.session.scopes.includes(scope)) void loadSession()
  })
  tabs.addEventListener('message', ({ data }) => {
    if (data === 'signed_in') void loadSession()
    if (data === 'signed_out') leave()
  })
}

/** Returns undefined when the session has ended, or why it could not be ended. */
export async function signOut(): Promise<ApiFailure | undefined> {
  const answer = await sendQuietly(LOGOUT, NO_BODY, { method: 'POST' })
  const failure = answer.ok || answer.error.kind === 'session_ended' ? undefined : answer.error
  if (failure !== undefined) {
    // The gateway removes the cookie also when it cannot revoke the token, and its answer can be lost.
    const session = await sendQuietly(SESSION, SESSION_ANSWER)
    if (session.ok || session.error.kind !== 'session_ended') return failure
  }
  tabs.postMessage('signed_out')
  leave(failure)
  return undefined
}

/** Another person may use this tab next, so nothing of this one stays (CON-08). */
function leave(failure?: ApiFailure): void {
  clearTimeout(endTimer)
  signIn.set({ state: 'signed_out', ...(failure?.kind === 'problem' && { failure }) })
  forgetAnswers()
  dropDraft()
}

/** The URL that begins a sign-in. Afterwards the browser returns to this page, or to `returnTo`. */
export function signInUrl(returnTo: string = currentPath()): string {
  return `${GATEWAY}${PATHS.consoleLogin}?${new URLSearchParams({ return_to: returnTo })}`
}
