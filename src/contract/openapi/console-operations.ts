/**
 * The console for the OpenAPI document. The admin API below `/console/api` is not in it, because it has
 * the operations of `/admin/v1`.
 */
import { PATHS } from '../../protocol/paths.ts'
import type { Operations } from './operation.ts'
import { below } from './operations.ts'

const text = { type: 'string' } as const

export const CONSOLE_OPERATIONS: Operations = {
  [`GET ${PATHS.consoleSession}`]: {
    id: 'getSession',
    answers: { 200: { about: 'the person and the scopes', schema: 'Session' } },
    problems: ['loginOff'],
  },
  [`GET ${PATHS.consoleLogin}`]: {
    id: 'startSignIn',
    parameters: [
      { name: 'return_to', in: 'query', about: 'the page to open afterwards', schema: text },
    ],
    answers: {
      303: { about: 'to the provider; sets the cookie of the sign-in' },
      400: { about: '`return_to` is not a page of the console', isPage: true },
      404: { about: '`ADMIN_LOGIN` is not set', isPage: true },
      502: { about: 'the provider cannot be used', isPage: true },
    },
  },
  [`GET ${PATHS.consoleCallback}`]: {
    id: 'endSignIn',
    answers: {
      303: { about: 'to the console; sets the cookie of the session' },
      400: { about: 'no sign-in of this browser is in progress', isPage: true },
      403: { about: 'the provider or the gateway refused the person', isPage: true },
      404: { about: '`ADMIN_LOGIN` is not set', isPage: true },
      502: { about: 'the provider cannot be used', isPage: true },
    },
  },
  [`POST ${PATHS.consoleLogout}`]: {
    id: 'endSession',
    answers: { 204: { about: 'the token is revoked, and the cookie is removed' } },
  },
  [`GET ${PATHS.console}`]: {
    id: 'openConsole',
    answers: { 307: { about: 'to its path with a slash', isPage: true } },
  },
  [`GET ${PATHS.console}/{path}`]: {
    id: 'getConsolePage',
    parameters: [below],
    answers: {
      200: { about: 'a page', isPage: true },
      304: { about: '`If-None-Match` has its tag', headers: ['ETag'] },
    },
    problems: ['pathUnknown', 'assetsMissing'],
  },
}
