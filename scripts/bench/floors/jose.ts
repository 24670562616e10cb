/**
 * The floor of a Worker written in the usual way: verifies one RS256 token, and a DPoP proof if there
 * is one, and signs one token with jose behind Hono. It decides nothing.
 */
import { Hono } from 'hono'
import { EmbeddedJWK, importJWK, type JWK, jwtVerify, SignJWT } from 'jose'

type Bindings = { readonly VERIFY_KEY: string; readonly SIGN_KEY: string }
type Keys = {
  readonly verify: Awaited<ReturnType<typeof importJWK>>
  readonly sign: Awaited<ReturnType<typeof importJWK>>
  readonly algorithm: string
}

let keys: Keys | undefined

async function loadKeys(env: Bindings): Promise<Keys> {
  const verifyJwk: JWK = JSON.parse(env.VERIFY_KEY)
  const signJwk: JWK = JSON.parse(env.SIGN_KEY)
  const algorithm = signJwk.alg ?? 'ES256'
  return {
    verify: await importJWK(verifyJwk, 'RS256'),
    sign: await importJWK(signJwk, algorithm),
    algorithm,
  }
}

const app = new Hono<{ Bindings: Bindings }>()

app.post('/token', async (c) => {
  keys ??= await loadKeys(c.env)
  const form = new URLSearchParams(await c.req.text())
  const { payload } = await jwtVerify(form.get('subject_token') ?? '', keys.verify)
  const proof = c.req.header('dpop')
  if (proof !== undefined) await jwtVerify(proof, EmbeddedJWK, { typ: 'dpop+jwt' })
  const token = await new SignJWT({ sub: payload.sub ?? '', scope: 'deploy:read' })
    .setProtectedHeader({ alg: keys.algorithm, typ: 'at+jwt' })
    .setIssuedAt()
    .setExpirationTime('10m')
    .sign(keys.sign)
  return c.json({ access_token: token, token_type: 'Bearer', expires_in: 600 })
})

export default app
