/**
 * The rows of the console in the table of endpoints, and the admin API below `/console/api`, which has
 * the rows of the admin API with the cookie in place of the bearer token.
 */
import { ADMIN_PREFIX, PATHS } from '../../protocol/paths.ts'
import { ADMIN_ENDPOINTS } from '../admin-endpoints.ts'
import { type AdminEndpoint, type Endpoint, JSON_BODY } from '../endpoint.ts'
import { callbackRoute, WITHOUT_STATE } from './callback.ts'
import { withFailurePage } from './failure-page.ts'
import { consoleRoute } from './files.ts'
import { logoutRoute, sessionRoute } from './session.ts'
import { loginRoute } from './sign-in.ts'

const CONSOLE = { cors: 'none', cache: 'by_route' } as const
/** A sign-in asks the provider. */
const SIGN_IN = {
  ...CONSOLE,
  methods: ['GET'],
  authentication: 'none',
  limit: 'address',
  response: { contentType: 'text/html; charset=utf-8' },
} as const

export const CONSOLE_ENDPOINTS: readonly Endpoint[] = [
  {
    ...CONSOLE,
    path: PATHS.consoleSession,
    methods: ['GET'],
    authentication: 'session',
    limit: 'none',
    response: JSON_BODY,
    handler: sessionRoute,
  },
  {
    ...SIGN_IN,
    path: PATHS.consoleLogin,
    handler: withFailurePage(loginRoute),
  },
  {
    ...SIGN_IN,
    path: PATHS.consoleCallback,
    handler: withFailurePage(callbackRoute, WITHOUT_STATE),
  },
  {
    ...CONSOLE,
    path: PATHS.consoleLogout,
    methods: ['POST'],
    authentication: 'session',
    limit: 'none',
    handler: logoutRoute,
  },
  {
    ...CONSOLE,
    path: PATHS.console,
    isTree: true,
    methods: ['GET'],
    authentication: 'none',
    limit: 'none',
    isAlwaysServed: true,
    response: { contentType: 'text/html; charset=utf-8' },
    handler: consoleRoute,
  },
]

/** `/admin/v1/trust` is `/console/api/v1/trust` here. */
export const CONSOLE_API: readonly AdminEndpoint[] = ADMIN_ENDPOINTS.map((endpoint) => ({
  ...endpoint,
  path: `${PATHS.consoleApi}/${endpoint.path.slice(ADMIN_PREFIX.length)}`,
}))
