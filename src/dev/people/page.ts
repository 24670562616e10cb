/**
 * The pages that people see: plain forms without script. Every text that comes from a request or
 * from the list of people is escaped.
 */

import { createHash } from 'node:crypto'
import { escapeHtml } from '../../web/text/escape-html.ts'
import type { PeopleAnswer } from './http.ts'
import type { Person } from './person.ts'

const STYLE = `
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif }
main { max-width: 26rem; margin: 4rem auto; padding: 0 1rem }
button, input { font: inherit; padding: .6rem .8rem; box-sizing: border-box }
button { display: block; width: 100%; margin: .5rem 0; text-align: start }
`
const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64')

type Page = {
  readonly title: string
  readonly status?: number
  /** HTML, already escaped. */
  readonly content: string
  /** An origin to which a form of this page leads by a redirect. */
  readonly leadsTo?: string | undefined
  readonly headers?: Readonly<Record<string, string>>
}

/** A form follows redirects only to origins of `form-action`, in Chromium. */
function renderPage({ title, status = 200, content, leadsTo, headers = {} }: Page): PeopleAnswer {
  const policy = [
    "default-src 'none'",
    `style-src 'sha256-${STYLE_HASH}'`,
    `form-action 'self'${leadsTo === undefined ? '' : ` ${leadsTo}`}`,
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ].join('; ')
  return {
    status,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': policy,
      'cache-control': 'no-store',
      // `no-referrer` would make browsers send `Origin: null` with the form.
      'referrer-policy': 'same-origin',
      'x-content-type-options': 'nosniff',
      ...headers,
    },
    body: `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${escapeHtml(title)}</h1>
${content}
</main>
</body>
</html>
`,
  }
}

type Choice = {
  readonly action: string
  readonly client: string
  /** Ties the answer of the form to the request that it belongs to. */
  readonly ticket: string
  readonly people: readonly Person[]
  readonly leadsTo?: string | undefined
  readonly headers: Readonly<Record<string, string>>
}

/** The page on which a person is chosen. `Deny` refuses the client. */
export function renderChoice({ action, client, ticket, people, ...page }: Choice): PeopleAnswer {
  const buttons = people.map(({ sub, name, email }) => {
    const shown = [name ?? sub, ...(email === undefined ? [] : [`(${email})`])].join(' ')
    return `<button name="person" value="${escapeHtml(sub)}">${escapeHtml(shown)}</button>`
  })
  return renderPage({
    ...page,
    title: 'Sign in',
    content: `<p><strong>${escapeHtml(client)}</strong> asks who you are. This is the dev issuer: choose anybody.</p>
<form method="post" action="${escapeHtml(action)}">
<input type="hidden" name="ticket" value="${escapeHtml(ticket)}">
${buttons.join('\n')}
<button name="deny" value="yes">Deny</button>
</form>`,
  })
}

/** The page on which the code of a device is typed. */
export function renderCodeForm(action: string, problem?: string): PeopleAnswer {
  const alert = problem === undefined ? '' : `<p role="alert">${escapeHtml(problem)}</p>\n`
  return renderPage({
    title: 'Connect a device',
    status: problem === undefined ? 200 : 400,
    content: `${alert}<form method="get" action="${escapeHtml(action)}">
<label for="user_code">The code that your device shows</label>
<input id="user_code" name="user_code" autocomplete="off" autocapitalize="characters" required>
<button>Continue</button>
</form>`,
  })
}

export function renderMessage(title: string, text: string, status = 200): PeopleAnswer {
  return renderPage({ title, status, content: `<p>${escapeHtml(text)}</p>` })
}
