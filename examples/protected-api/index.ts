/**
 * A small API on Workers that takes only tokens of its gateway: reading deployments needs one
 * scope, making them another, and a revoked token stops working within a second.
 */
import { requireToken, type TokenVariables } from 'edgemint/verify/hono'
import { Hono } from 'hono'

type Bindings = {
  /** Issuer URL of the gateway. */
  readonly ISSUER: string
  /** URI of this API, as the gateway's trust document names the resource. */
  readonly AUDIENCE: string
}

type App = { Bindings: Bindings; Variables: TokenVariables }

const app = new Hono<App>()

// Bindings come with the first request. The guards stay, and with them the gateway's keys.
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
