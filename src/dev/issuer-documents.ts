/**
 * The two documents an issuer publishes, discovery and key set, and every way of getting them
 * wrong that a relying party has to survive.
 */
import type { ServerResponse } from 'node:http'
import { gzipSync } from 'node:zlib'
import type { Behaviour, Realm } from './issuer-realm.ts'

/** Slower than any relying party should wait, short enough for a test to end. */
const SLOW_MILLISECONDS = 10_000
/** Between two bytes of a trickle: never silent for long, and never done in time. */
const TRICKLE_MILLISECONDS = 50
/** More than any relying party should read. */
const HUGE_BYTES = 4 * 1024 * 1024
/** A thousand times what travels: a few tens of KiB become this. */
const BOMB_BYTES = 32 * 1024 * 1024
const JSON_TYPE = 'application/json'

export async function answerDiscovery(realm: Realm, response: ServerResponse): Promise<void> {
  realm.requests.discovery += 1
  const { issuer, behaviour } = realm
  const named = behaviour.discovery === 'wrong_issuer' ? `${issuer}/other` : issuer
  const document = {
    issuer: named,
    // A discovery document can say anything; whoever follows it fetches from there.
    jwks_uri:
      behaviour.discovery === 'foreign_keys' ? 'https://keys.evil.example/jwks' : `${issuer}/jwks`,
    response_types_supported: ['id_token'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256', 'ES256'],
  }
  send(response, turnOf(behaviour.discovery, realm.requests.discovery), document, issuer)
}

export async function answerKeySet(realm: Realm, response: ServerResponse): Promise<void> {
  realm.requests.jwks += 1
  const { behaviour, requests } = realm
  if (behaviour.jwks === 'swapping') await realm.rotate({ keepOld: false })
  send(response, turnOf(behaviour.jwks, requests.jwks), await realm.keySet(), realm.issuer)
}

/** A flapping issuer is down for every other request. */
function turnOf(behaviour: Behaviour, request: number): Behaviour {
  if (behaviour !== 'flapping') return behaviour
  return request % 2 === 0 ? 'normal' : 'down'
}

function send(
  response: ServerResponse,
  behaviour: Behaviour,
  document: object,
  issuer: string,
): void {
  const json = JSON.stringify(document)
  const ok = [200, JSON_TYPE, json] as const
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
    down: [503, JSON_TYPE, '{}'],
    redirect: [302, JSON_TYPE, '{}'],
    html: [200, 'text/html', '<!doctype html><title>Sign in</title>'],
    empty: [200, JSON_TYPE, '{"keys":[]}'],
    garbage: [200, JSON_TYPE, '{"keys":'],
  }
  const [status, type, content] = answers[behaviour]
  response.writeHead(status, {
    'content-type': type,
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
