/**
 * One service of the chain. It accepts only tokens that name an actor, and answers what its caller
 * holds. If there is a next service, it exchanges the token that it received for a narrower one, with
 * its own token as the actor token, and calls that service with it.
 */
import { readFile } from 'node:fs/promises'
import { ExchangeError, exchange } from 'edgemint'
import { createVerifier } from 'edgemint/verify'
import { requireToken, tokenOf } from 'edgemint/verify/connect'
import express from 'express'

/** The issuer URL of the gateway, the URL of this service, and its scope. */
const issuer = process.env.ISSUER ?? 'https://sts.example.com'
const audience = process.env.RESOURCE ?? 'https://tool.example.com/'
const scopes = [process.env.SCOPE ?? 'files:read']
/** The URL of the next service, and the file with this service's own token. */
const next = process.env.NEXT
const podToken = process.env.POD_TOKEN ?? '/var/run/secrets/edgemint/token'

// A revoked token is refused one second later at the latest.
const revocation = { introspect: true, maxAgeSeconds: 1 } as const
const verifier = createVerifier({ issuer, audience, scopes, actor: 'required', revocation })

/** Calls the next service with less than this service holds. */
async function callNext(resource: string, subjectToken: string): Promise<unknown> {
  const { accessToken } = await exchange({
    url: issuer,
    resource,
    subjectToken,
    subjectTokenType: 'urn:ietf:params:oauth:token-type:access_token',
    actorToken: (await readFile(podToken, 'utf8')).trim(),
  })
  const answer = await fetch(resource, { headers: { authorization: `Bearer ${accessToken}` } })
  return answer.json()
}

const app = express()

app.get('/', requireToken(verifier), async (request, response) => {
  const { subject, actors, scopes, expiresAt } = tokenOf(request)
  const held = { service: audience, subject, actors, scopes, expiresAt }
  if (next === undefined) {
    response.json(held)
    return
  }
  try {
    const [, token = ''] = request.headers.authorization?.split(' ') ?? []
    response.json({ ...held, next: await callNext(next, token) })
  } catch (error) {
    const refused = error instanceof ExchangeError ? error.code : 'failed'
    response.status(502).json({ ...held, next: { refused } })
  }
})

const listener = app.listen(Number(process.env.PORT ?? 8788), '127.0.0.1', () => {
  const address = listener.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  process.stdout.write(`${JSON.stringify({ url: `http://127.0.0.1:${port}` })}\n`)
})
