/**
 * Where the console is. The gateway writes the path into index.html, because its issuer URL can have
 * a path of its own.
 */

import { PATHS } from '../../protocol/paths.ts'

const meta = globalThis.document?.querySelector<HTMLMetaElement>('meta[name="console"]')

/** All paths of the console are below it: `/console`, or `/sts/console`. */
export const BASE = (meta?.content ?? `${PATHS.console}/`).replace(/\/$/, '')

/** The path of the gateway's issuer URL: empty, or `/sts`. */
export const GATEWAY = BASE.slice(0, -PATHS.console.length)

/** The path and the query of the page below the issuer URL of the gateway, with `/console`. */
export const currentPath = (): string =>
  `${location.pathname.slice(GATEWAY.length)}${location.search}`
