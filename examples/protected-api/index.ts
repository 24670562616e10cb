/**
 * A small API on Workers that accepts only tokens of its gateway. Reading and creating deployments
 * need different scopes. A revoked token is refused within a second.
 */
import { requireToken, type TokenVariables } from 'edgemint/verify/hono'
import { Hono } from 'hono'

type Bindings = {
  /** Issuer URL of the gateway. */
  readonly ISSUER: string
  /** URI of this API: the resource in the gateway's trust document. */
  readonly AUDIENCE: string
}

type App = { Bindings: Bindings; Variables: TokenVariables }

const app = new Hono<App>()

// The bindings arrive with the first request. The middleware is kept, with the gateway's keys.
let guards: ReturnType<typeof createGuards> | undefined

function createGuards({ ISSUER, AUDIENCE }: Bindings) {
  const gateway = {
    issuer: ISSUER,
    audience: AUDIENCE,
    revocation: { introspect: true, maxAgeSeconds: 1 },
  } as const
  return {
    canRead: requireToken<App>({ ...gateway, scopes: ['deploy:read'] }),
    canWrite: requireToken<App>({ ...gateway, scopes: ['deploy:write'] }),
  }
}

function guardsFor(bindings: Bindings) {
  guards ??= createGuards(bindings)
  return guards
}

app.get(
  '/deployments',
  (c, next) => guardsFor(c.env).canRead(c, next),
  (c) => c.json({ deployments: [], caller: c.get('token').subject }),
)

app.post(
  '/deployments',
  (c, next) => guardsFor(c.env).canWrite(c, next),
  (c) => {
    const { subject, clientId } = c.get('token')
    return c.json({ deployed: true, caller: subject, allowed_by: clientId }, 201)
  },
)

export default app
