/**
 * A gateway on a loopback address whose people sign in at the dev issuer, and a browser for it that
 * keeps cookies as a person's browser does.
 */
import { createExecutionContext } from 'cloudflare:test'
import { inject } from 'vitest'
import { PATHS } from '../../../src/protocol/paths.ts'
import { LOGIN_COOKIE, SESSION_COOKIE } from '../../../src/worker/console/cookies.ts'
import type { Env } from '../../../src/worker/env.ts'
import worker from '../../../src/worker/index.ts'
import { signIn } from '../../support/browser.ts'
import { applyTrust, deployment, GATEWAY } from './gateway.ts'
import { trustFor } from './trust.ts'

/** The provider of people registers the console of a gateway on a loopback address. */
export const CONSOLE = 'http://127.0.0.1:8790'
export const CLIENT_ID = 'edgemint'
/** The names of files in a build have a hash. */
export const SCRIPT = 'console-4f1d2c3b.js'

export const STYLE = 'console-8c9d0e1f.css'

export const INDEX = `<!doctype html>
<html lang="en"><head><title>Edgemint</title>
<link rel="stylesheet" href="/console/assets/${STYLE}">
<script type="module" src="/console/assets/${SCRIPT}"></script></head><body></body></html>
`
const FILES: Readonly<Record<string, string>> = {
  '/console/index.html': INDEX,
  [`/console/assets/${SCRIPT}`]: 'document.title = "Edgemint"\n',
  '/console/assets/notes.html': '<script>alert(1)</script>',
}

/** A build with these files of a console, whatever the real one has. */
export const ASSETS = {
  fetch: async (url: string) => {
    const file = FILES[new URL(url).pathname]
    return new Response(file ?? null, { status: file === undefined ? 404 : 200 })
  },
} as unknown as Fetcher

export const people = () => `${inject('devIssuer')}/people`

const rule = (name: string, sub: string, grant: object) => ({
  name,
  owner: 'platform@example.com',
  expires: '2099-12-31',
  from: 'people',
  when: { sub },
  grant: { lifetime: '10m', ...grant },
})

export function policyOfPeople(grant: object = { scopes: ['owner'] }): string {
  const issuer = { provider: 'generic-oidc', issuer: people(), audience: CLIENT_ID }
  const rules = [rule('people', 'ada', grant), rule('viewers', 'grace', { scopes: ['viewer'] })]
  return JSON.stringify({ issuers: { people: issuer }, rules })
}

export function loginOf(issuer: string): string {
  return JSON.stringify({ issuer, client_id: CLIENT_ID, scopes: ['openid', 'email'] })
}

/** Starts a gateway. The document trusts the provider too, so that the store fetches its keys. */
export async function startConsole(change: Partial<Env> = {}) {
  const trust = trustFor(people())
  const issuers = {
    ...trust.issuers,
    people: { provider: 'generic-oidc', issuer: people(), audience: CLIENT_ID },
  }
  await applyTrust({ ...trust, issuers: { people: issuers.people }, rules: [] })
  return runConsole(change)
}

/** Another isolate of the same gateway. */
export function runConsole(change: Partial<Env> = {}) {
  const bindings = {
    ...deployment(),
    ISSUER: CONSOLE,
    BOOTSTRAP_TRUST: policyOfPeople(),
    ADMIN_LOGIN: loginOf(people()),
    ASSETS,
    ...change,
  }
  const send = async (path: string, init?: RequestInit): Promise<Response> =>
    worker.fetch(new Request(`${CONSOLE}${path}`, init), bindings, createExecutionContext())
  return { send, openBrowser: () => openBrowser(send), bindings }
}

type Send = ReturnType<typeof runConsole>['send']

export type PersonsBrowser = ReturnType<typeof openBrowser>

/** One browser of one person. */
function openBrowser(send: Send) {
  const cookies = new Map<string, string>()

  function keep(response: Response): Response {
    for (const set of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(set) ?? []
      if (/; Max-Age=0(?:;|$)/.test(set)) cookies.delete(name)
      else cookies.set(name, value)
    }
    return response
  }

  async function ask(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers)
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    if (cookie !== '') headers.set('cookie', cookie)
    return keep(await send(path, { ...init, headers }))
  }

  /** Starts a sign-in, and returns the URL of the provider. */
  async function start(returnTo?: string): Promise<URL> {
    const query = returnTo === undefined ? '' : `?${new URLSearchParams({ return_to: returnTo })}`
    const response = await ask(`/console/login${query}`)
    if (response.status !== 303) throw new Error(`${response.status} ${await response.text()}`)
    return new URL(response.headers.get('location') ?? '')
  }

  /** Signs the person in at the provider, and returns the path that it sends the browser to. */
  async function visit(url: URL, person = 'ada'): Promise<string> {
    const back = new URL(await signIn(url.href, person))
    return `${back.pathname}${back.search}`
  }

  return {
    cookies,
    ask,
    start,
    visit,
    signIn: async (person = 'ada', returnTo?: string) =>
      ask(await visit(await start(returnTo), person)),
    /** A request of a page of the console. */
    asPage: (path: string, init: RequestInit = {}) => {
      const headers = new Headers(init.headers)
      headers.set('origin', CONSOLE)
      headers.set('sec-fetch-site', 'same-origin')
      return ask(path, { ...init, headers })
    },
    session: () => cookies.get(SESSION_COOKIE),
    state: () => cookies.get(LOGIN_COOKIE),
  }
}

/** Sets a fault of the provider of people, until it is set to another one. */
export async function behavePeople(faults: Readonly<Record<string, string>>): Promise<void> {
  const body = JSON.stringify(faults)
  const response = await fetch(`${people()}/behave`, { method: 'POST', body })
  if (response.status !== 200) throw new Error(await response.text())
}

/** The sentence of a page. */
export async function sentenceOf(response: Response): Promise<string> {
  const html = await response.text()
  return /<p>([^<]*)<\/p>/.exec(html)?.[1] ?? `no sentence in ${html}`
}

/** Requests to a gateway without `ADMIN_LOGIN`, by operation, each with the status of its answer. */
export function consoleCases(bearer: Readonly<Record<string, string>>) {
  const absent = [[404, {}]] as const
  return {
    [`GET ${PATHS.adminLogin}`]: absent,
    [`GET ${PATHS.consoleSession}`]: absent,
    [`GET ${PATHS.consoleLogin}`]: absent,
    [`GET ${PATHS.consoleCallback}`]: absent,
    [`POST ${PATHS.consoleLogout}`]: [
      [400, { headers: bearer }],
      [401, { headers: { origin: GATEWAY } }],
      [403, {}],
    ],
    [`GET ${PATHS.console}`]: [[307, {}]],
    [`GET ${PATHS.console}/{path}`]: [[404, { at: '/console/assets/none.js' }]],
  } as const
}
