/**
 * The page of a sign-in that failed: one sentence, and a link to start again. It has the style sheet of
 * the console.
 */

import { Unavailable } from '../../core/ports.ts'
import { PATHS } from '../../protocol/paths.ts'
import { escapeHtml } from '../../web/text/escape-html.ts'
import { readClock } from '../compose.ts'
import type { AppContext, Route } from '../context.ts'
import { log } from '../log.ts'
import { SIGN_IN_FAULTS, SignInFailure } from './fault.ts'
import { findStyleLink } from './files.ts'

/** Answers with the page if the route throws. `headers` are those of every such page. */
export function withFailurePage(
  route: Route,
  headers: Readonly<Record<string, string>> = {},
): Route {
  return async function routeOrFailurePage(c) {
    try {
      return await route(c)
    } catch (error) {
      if (error instanceof SignInFailure) {
        const { fault, detail, status } = error
        log({ event: 'sign_in_failed', at: readClock(), fault })
        const { text } = SIGN_IN_FAULTS[fault]
        return renderPage(c, detail === undefined ? text : `${text}: ${detail}`, status, headers)
      }
      if (!(error instanceof Unavailable)) throw error
      return renderPage(c, `${error.part} is unavailable: try again later`, 503, headers)
    }
  }
}

async function renderPage(
  c: AppContext,
  sentence: string,
  status: number,
  headers: Readonly<Record<string, string>>,
): Promise<Response> {
  const back = `${c.var.gateway.settings.issuer}${PATHS.console}/`
  const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>Not signed in – Edgemint</title>
${await findStyleLink(c)}
</head>
<body>
<main class="gate">
<p class="brand">Edgemint</p>
<h1>Not signed in</h1>
<p>${escapeHtml(sentence[0]?.toUpperCase() + sentence.slice(1))}.</p>
<p><a class="button strong" href="${escapeHtml(back)}">Open the console</a></p>
</main>
</body>
</html>
`
  return new Response(html, {
    status,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      ...headers,
    },
  })
}
