/**
 * Receives the alerts of a gateway, verifies them with its published keys, and prints a line for each.
 * ISSUER is the gateway, and AUDIENCE the origin of this receiver as in ALERT_WEBHOOK_URL.
 */
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createRemoteJWKSet, errors, type JWTPayload, jwtVerify } from 'jose'

const { ISSUER = 'https://sts.example.com', PORT = '8790', AUDIENCE } = process.env
const MAX_BYTES = 16_384
const keys = createRemoteJWKSet(new URL(`${ISSUER}/jwks.json`))
const KEY_SET_FAULTS = new Set(['ERR_JOSE_GENERIC', 'ERR_JWKS_TIMEOUT', 'ERR_JWKS_INVALID'])
/** A gateway sends an alert again within half a minute if it did not get the answer. */
const MAX_SEEN = 1000
const seen = new Set<unknown>()

async function readBody(request: IncomingMessage): Promise<string> {
  // RFC 9110 §8.3.1: the type has no case, and parameters may follow it.
  const [type = ''] = (request.headers['content-type'] ?? '').split(';')
  if (type.trim().toLowerCase() !== 'application/secevent+jwt') {
    throw new Error('the media type is not application/secevent+jwt')
  }
  let text = ''
  for await (const chunk of request) {
    text += chunk
    if (text.length > MAX_BYTES) throw new Error('the body is too large')
  }
  return text
}

/** RFC 8417 §2.2: at least one event. SSF 1.0 §4.1: no `exp` and no `sub`. */
function readEvents({ events, exp, sub }: JWTPayload): [string, object][] {
  if (exp !== undefined || sub !== undefined) throw new Error('"exp" or "sub" is present')
  const isObject = typeof events === 'object' && events !== null && !Array.isArray(events)
  const named = isObject ? Object.entries(events) : []
  if (named.length === 0) throw new Error('"events" has no event')
  return named
}

function remember(jti: unknown): void {
  seen.add(jti)
  // A set has the order in which its members were added.
  for (const oldest of seen) {
    if (seen.size <= MAX_SEEN) break
    seen.delete(oldest)
  }
}

async function receive(request: IncomingMessage): Promise<void> {
  const { payload } = await jwtVerify(await readBody(request), keys, {
    typ: 'secevent+jwt',
    issuer: ISSUER,
    audience: AUDIENCE ?? `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requiredClaims: ['iat', 'jti'],
  })
  const events = readEvents(payload)
  if (seen.has(payload.jti)) return
  remember(payload.jti)
  for (const [type, event] of events) {
    console.error(JSON.stringify({ type, at: payload.toe, ...event }))
  }
}

/** Without the keys, nothing is known of the token. The gateway sends it again after a 503. */
function isKeySetMissing(error: Error): boolean {
  if (error instanceof errors.JOSEError) return KEY_SET_FAULTS.has(error.code)
  return error instanceof TypeError
}

/** The code of RFC 8935 §2.4 for a token that is not accepted. */
function errOf(error: Error): string {
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'invalid_key'
  if (error instanceof errors.JWKSNoMatchingKey) return 'invalid_key'
  if (!(error instanceof errors.JWTClaimValidationFailed)) return 'invalid_request'
  if (error.claim === 'iss') return 'invalid_issuer'
  return error.claim === 'aud' ? 'invalid_audience' : 'invalid_request'
}

const server = createServer((request, response) => {
  if (request.method !== 'POST') {
    response.writeHead(405, { allow: 'POST' }).end()
    return
  }
  // RFC 8935: 202 for a token that is accepted, 400 with the reason for one that is not.
  receive(request).then(
    () => response.writeHead(202).end(),
    (error: Error) => {
      console.error(`refused: ${error.message}`)
      if (isKeySetMissing(error)) return response.writeHead(503).end()
      return response
        .writeHead(400, { 'content-type': 'application/json', 'content-language': 'en' })
        .end(JSON.stringify({ err: errOf(error), description: error.message }))
    },
  )
})
server.listen(Number(PORT), '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo
  console.log(JSON.stringify({ url: `http://127.0.0.1:${port}` }))
})
