/**
 * Serves the discovery document and the key set of an issuer, correctly or with the faults that a
 * relying party must handle.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { gzipSync } from 'node:zlib'
import type { Behaviour, Realm } from './issuer-realm.ts'

/** Longer than a relying party should wait, and short enough for a test. */
const SLOW_MILLISECONDS = 10_000
/** The pause between two bytes of a trickle: too short for an idle timeout, too long to finish. */
const TRICKLE_MILLISECONDS = 50
/** More than any relying party should read. */
const HUGE_BYTES = 4 * 1024 * 1024
/** The size after decompression, about a thousand times the size of the body. */
const BOMB_BYTES = 32 * 1024 * 1024
const JSON_TYPE = 'application/json'
const KEY_SET_TYPE = 'application/jwk-set+json'

/**
 * Answers with the discovery document. `keysOrigin` is the origin of the second port, if any. `extra`
 * are members that only this issuer has.
 */
export async function answerDiscovery(
  realm: Realm,
  request: IncomingMessage,
  response: ServerResponse,
  keysOrigin: string | undefined,
  extra: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  realm.requests.discovery += 1
  if (refuses(realm, request, response, JSON_TYPE)) return
  const { issuer, behaviour } = realm
  const named = behaviour.discovery === 'wrong_issuer' ? `${issuer}/other` : issuer
  const document = {
    issuer: named,
    jwks_uri: keySetAddress(realm, keysOrigin),
    response_types_supported: ['id_token'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256', 'ES256'],
    ...extra,
  }
  const turn = turnOf(behaviour.discovery, realm.requests.discovery)
  send(response, turn, document, issuer, JSON_TYPE)
}

/** Returns the `jwks_uri`. A relying party that trusts it would fetch keys from any URL. */
function keySetAddress({ issuer, behaviour }: Realm, keysOrigin: string | undefined): string {
  if (behaviour.jwks_uri !== null) return behaviour.jwks_uri
  if (behaviour.discovery === 'foreign_keys') return 'https://keys.evil.example/jwks'
  if (behaviour.keys_at === 'here' || keysOrigin === undefined) return `${issuer}/jwks`
  return `${keysOrigin}${new URL(issuer).pathname.replace(/\/$/, '')}/jwks`
}

export async function answerKeySet(
  realm: Realm,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  realm.requests.jwks += 1
  const { behaviour, requests } = realm
  const type = behaviour.accept === 'strict' ? KEY_SET_TYPE : JSON_TYPE
  if (refuses(realm, request, response, type)) return
  if (behaviour.jwks === 'swapping') await realm.rotate({ keepOld: false })
  const turn = turnOf(behaviour.jwks, requests.jwks)
  send(response, turn, await realm.keySet(), realm.issuer, type)
}

/**
 * Answers 406 or 403 if `/behave` requires it. Ignores the weights in `Accept`, as Kubernetes does.
 */
function refuses(
  { behaviour }: Realm,
  { headers }: IncomingMessage,
  response: ServerResponse,
  type: string,
): boolean {
  const accepted = (headers.accept ?? '*/*').split(',').map((part) => part.split(';')[0]?.trim())
  const isAccepted = accepted.includes(type) || accepted.includes('*/*')
  const status =
    behaviour.user_agent === 'required' && !headers['user-agent']
      ? 403
      : behaviour.accept === 'strict' && !isAccepted
        ? 406
        : undefined
  if (status === undefined) return false
  response.writeHead(status, { 'content-type': 'text/plain' })
  response.end()
  return true
}

/** Returns the behaviour for this request. A flapping issuer fails every second request. */
function turnOf(behaviour: Behaviour, request: number): Behaviour {
  if (behaviour !== 'flapping') return behaviour
  return request % 2 === 0 ? 'normal' : 'down'
}

function send(
  response: ServerResponse,
  behaviour: Behaviour,
  document: object,
  issuer: string,
  type: string,
): void {
  const json = JSON.stringify(document)
  const ok = [200, type, json] as const
  const answers: Record<Behaviour, readonly [status: number, type: string, body: string]> = {
    normal: ok,
    wrong_issuer: ok,
    foreign_keys: ok,
    slow: ok,
    trickle: ok,
    huge: ok,
    gzip_bomb: ok,
    flapping: ok,
    swapping: ok,
    bom: [200, type, `\uFEFF${json}`],
    down: [503, JSON_TYPE, '{}'],
    redirect: [302, JSON_TYPE, '{}'],
    html: [200, 'text/html', '<!doctype html><title>Sign in</title>'],
    empty: [200, JSON_TYPE, '{"keys":[]}'],
    garbage: [200, JSON_TYPE, '{"keys":'],
  }
  const [status, sent, content] = answers[behaviour]
  response.writeHead(status, {
    'content-type': sent,
    ...(behaviour === 'redirect' ? { location: `${issuer}/elsewhere` } : {}),
    ...(behaviour === 'gzip_bomb' ? { 'content-encoding': 'gzip' } : {}),
  })
  switch (behaviour) {
    case 'slow':
      response.write(content.slice(0, 1))
      setTimeout(() => response.end(content.slice(1)), SLOW_MILLISECONDS).unref()
      break
    case 'trickle':
      trickle(response, content)
      break
    case 'huge':
      response.end(pad(content, HUGE_BYTES))
      break
    case 'gzip_bomb':
      response.end(gzipSync(pad(content, BOMB_BYTES)))
      break
    default:
      response.end(content)
  }
}

function trickle(response: ServerResponse, content: string): void {
  let sent = 0
  const timer = setInterval(() => {
    if (sent < content.length) response.write(content.charAt(sent))
    else response.end()
    sent += 1
  }, TRICKLE_MILLISECONDS).unref()
  response.once('close', () => clearInterval(timer))
}

function pad(json: string, bytes: number): string {
  return `{"padding":"${'x'.repeat(bytes)}",${json.slice(1)}`
}
