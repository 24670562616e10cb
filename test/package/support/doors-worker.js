/**
 * A Worker that opens every entry point for Workers: the gateway on its own paths, and each other
 * one on another path. They call the gateway in the same Worker, so no request leaves it.
 */
import * as root from 'edgemint'
import * as client from 'edgemint/client'
import * as edge from 'edgemint/gateway'
import * as rules from 'edgemint/rules'
import * as verify from 'edgemint/verify'
import * as connect from 'edgemint/verify/connect'
import * as fastify from 'edgemint/verify/fastify'
import * as wrapper from 'edgemint/verify/fetch'
import * as middleware from 'edgemint/verify/hono'
import gateway from 'edgemint/worker'
import { Hono } from 'hono'

export {
  DecisionLog,
  ReplayLedger,
  RevocationLog,
  TrustReader,
  TrustStore,
} from 'edgemint/worker'

const DOORS = {
  edgemint: root,
  'edgemint/client': client,
  'edgemint/verify': verify,
  'edgemint/verify/connect': connect,
  'edgemint/verify/fastify': fastify,
  'edgemint/verify/fetch': wrapper,
  'edgemint/verify/hono': middleware,
  'edgemint/gateway': edge,
  'edgemint/rules': rules,
}
const resource = 'https://api.example.com'

const app = new Hono()

/**
 * Kept between requests, as in a real Worker. A request must not await a promise of another
 * request.
 */
let tokens

app.get('/tokens', async (c) => {
  tokens ??= client.createTokenSource({
    url: c.env.GATEWAY,
    resource,
    source: client.fromVariable('SUBJECT_TOKEN', {
      ...client.findPlatform(),
      environment: { SUBJECT_TOKEN: c.env.SUBJECT_TOKEN },
    }),
  })
  const { accessToken, expiresAt } = await tokens.getToken()
  return c.json({ accessToken, expiresAt })
})

app.get('/sources', async (c) => c.json(await client.listSources()))

app.get('/doors', (c) =>
  c.json(
    Object.fromEntries(Object.entries(DOORS).map(([name, door]) => [name, Object.keys(door)])),
  ),
)

app.post('/client', async (c) => {
  const subjectToken = await c.req.text()
  const fetch = askGateway(c)
  const refusals = []
  for (const { exchange, ExchangeError } of [root, client]) {
    try {
      await exchange({ url: c.env.ISSUER, subjectToken, resource, fetch })
    } catch (error) {
      if (!(error instanceof ExchangeError)) throw error
      refusals.push({ code: error.code, status: error.status })
    }
  }
  return c.json(refusals)
})

app.post('/verify', async (c) => {
  const verifier = verify.createVerifier({
    issuer: c.env.ISSUER,
    audience: resource,
    fetch: askGateway(c),
  })
  try {
    return c.json(await verifier.verify(await c.req.text()))
  } catch (error) {
    if (!(error instanceof verify.VerificationError)) throw error
    return c.json({ code: error.code, reason: error.reason })
  }
})

app.get(
  '/hono',
  middleware.requireToken({ issuer: 'https://sts.example.com', audience: resource }),
  (c) => c.text('never without a token'),
)

const guarded = wrapper.withToken(
  { issuer: 'https://sts.example.com', audience: resource },
  () => new Response('never without a token'),
)
app.get('/fetch', (c) => guarded(c.req.raw))

const inFront = edge.createEdgeGateway({
  issuer: 'https://sts.example.com',
  audience: resource,
  origin: { fetch: async () => new Response('never without a token') },
  identity: { kind: 'headers' },
  routes: [{ path: '/edge', methods: ['GET'], scopes: [] }],
})
app.get('/edge', (c) => inFront.fetch(c.req.raw, c.env, c.executionCtx))

app.post('/rules', async (c) => {
  const ceilings = {
    gatewayIssuer: c.env.ISSUER,
    maxTokenLifetimeSeconds: 3600,
    maxRuleExpirySeconds: undefined,
    // The example trusts the dev issuer.
    localIssuers: true,
  }
  return c.json(rules.compileTrust(await c.req.json(), ceilings))
})

app.all('*', (c) => gateway.fetch(c.req.raw, c.env, c.executionCtx))

function askGateway(c) {
  return async (input, init) => gateway.fetch(new Request(input, init), c.env, c.executionCtx)
}

export default app
