/** The headers of every answer below `/console`, which limit what a page can load and who can frame
 * it (CON-01). */
import { PATHS } from '../../protocol/paths.ts'
import type { AppContext, Route } from '../context.ts'
import { answerFailure } from '../http/failures.ts'

/** Scripts, styles and requests of this origin only, nothing inline, and no frame around the page. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ')

const PAGE_HEADERS = {
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'x-content-type-options': 'nosniff',
  // A URL of the console names rules and decisions.
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
} as const

/** Adds the headers, also to the answer of a failure. */
export function withPageHeaders(route: Route): Route {
  return async function routeWithPageHeaders(c) {
    try {
      return addPageHeaders(await route(c))
    } catch (error) {
      return addPageHeaders(answerFailure(error, c))
    }
  }
}

export function isConsole({ req }: AppContext): boolean {
  return req.path === PATHS.console || req.path.startsWith(`${PATHS.console}/`)
}

export function addPageHeaders(response: Response): Response {
  for (const [name, value] of Object.entries(PAGE_HEADERS)) response.headers.set(name, value)
  return response
}
