/**
 * Serves the files of the console. The name of a file below `assets/` has a hash of its content, so
 * that it never changes. Every other path gets `index.html`, and the console finds its page itself.
 */
import { PATHS } from '../../protocol/paths.ts'
import type { AppContext } from '../context.ts'
import { readAsset, readTextAsset } from '../http/assets.ts'
import { answerNotFound } from '../http/failures.ts'
import { respondTaggedText } from '../http/respond.ts'
import { basePathOf } from '../routing/locate.ts'

const FILES = `${PATHS.console}/assets/`
/** The paths below `/console` that are not pages. */
const OTHER_PATHS = [
  `${PATHS.console}/assets`,
  ...Object.values(PATHS).filter((path) => path.startsWith(`${PATHS.console}/`)),
]
const HTML = 'text/html; charset=utf-8'

/** A file of another type is not served. */
const CONTENT_TYPES: Readonly<Record<string, string>> = {
  css: 'text/css; charset=utf-8',
  ico: 'image/x-icon',
  js: 'text/javascript; charset=utf-8',
  png: 'image/png',
  svg: 'image/svg+xml',
  woff2: 'font/woff2',
}

export function consoleRoute(c: AppContext): Promise<Response> | Response {
  const { path } = c.req
  if (path === PATHS.console) return redirectToIndex(c)
  // Not a page: its row has only POST.
  if (path === PATHS.consoleLogout) return answerNotFound(c, ['POST'])
  return path.startsWith(FILES) ? serveFile(c, path.slice(FILES.length)) : serveIndex(c)
}

/** Whether a path below `/console/` is a page. The console itself says that a page does not exist. */
export function isPage(path: string): boolean {
  return !OTHER_PATHS.some((other) => path === other || path.startsWith(`${other}/`))
}

/** Relative URLs of the index are below `/console/`. */
function redirectToIndex({ env }: AppContext): Response {
  const location = `${basePathOf(env.ISSUER)}${PATHS.console}/`
  const headers = { location, 'content-type': HTML, 'cache-control': 'no-store' }
  return new Response(`<a href="${location}">Edgemint</a>`, { status: 307, headers })
}

async function serveFile(c: AppContext, name: string): Promise<Response> {
  const [, extension = ''] = /^[\w-][\w.-]*\.([a-z0-9]+)$/.exec(name) ?? []
  if (!Object.hasOwn(CONTENT_TYPES, extension)) return answerNotFound(c, undefined)
  const { file, refusal } = await readAsset(c.env, `console/assets/${name}`)
  if (refusal !== undefined) return refusal
  if (file === undefined) return answerNotFound(c, undefined)
  const headers = {
    'content-type': CONTENT_TYPES[extension] ?? '',
    'cache-control': 'public, max-age=31536000, immutable',
  }
  return new Response(file.body, { headers })
}

/**
 * Returns the element that loads the style sheet of the console. Returns an empty text if the index
 * cannot be read, so that the page of a failure is shown without a style.
 */
export async function findStyleLink(c: AppContext): Promise<string> {
  try {
    const { html = '' } = await readIndex(c)
    return /<link rel="stylesheet" href="[^"]*">/.exec(html)?.[0] ?? ''
  } catch {
    return ''
  }
}

async function readIndex({ env }: AppContext) {
  const { text, refusal } = await readTextAsset(env, 'console/index.html')
  if (refusal !== undefined) return { refusal }
  const base = basePathOf(env.ISSUER)
  return { html: text.replaceAll(`"${PATHS.console}/`, `"${base}${PATHS.console}/`) }
}

async function serveIndex(c: AppContext): Promise<Response> {
  const { html, refusal } = await readIndex(c)
  if (refusal !== undefined) return refusal
  const response = await respondTaggedText(c.req.raw, html, HTML)
  // A new release has other files, and a cache must ask for them.
  response.headers.set('cache-control', 'no-cache')
  return response
}
