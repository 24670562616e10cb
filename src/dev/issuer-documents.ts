/**
 * The two documents an issuer publishes, discovery and key set, and every way of getting them
 * wrong that a relying party has to survive.
 */
import type { ServerResponse } from 'node:http'
import type { Behaviour, Realm } from './issuer-realm.ts'

/** Slower than any relying party should wait, short enough for a test to end. */
const SLOW_MILLISECONDS = 10_000
/** More than any relying party should read. */
const HUGE_BYTES = 4 * 1024 * 1024
const JSON_TYPE = 'application/json'

export function answerDiscovery(realm: Realm, response: ServerResponse): void {
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
  send(response, behaviour.discovery, document, `${issuer}/elsewhere`)
}

export async function answerKeySet(realm: Realm, response: ServerResponse): Promise<void> {
  realm.requests.jwks += 1
  send(response, realm.behaviour.jwks, await realm.keySet(), `${realm.issuer}/elsewhere`)
}

function send(
  response: ServerResponse,
  behaviour: Behaviour,
  document: object,
  elsewhere: string,
): void {
  const json = JSON.stringify(document)
  const answers: Record<Behaviour, readonly [status: number, type: string, body: string]> = {
    normal: [200, JSON_TYPE, json],
    wrong_issuer: [200, JSON_TYPE, json],
    foreign_keys: [200, JSON_TYPE, json],
    down: [503, JSON_TYPE, '{}'],
    slow: [200, JSON_TYPE, json],
    huge: [200, JSON_TYPE, json],
    redirect: [302, JSON_TYPE, '{}'],
    html: [200, 'text/html', '<!doctype html><title>Sign in</title>'],
    empty: [200, JSON_TYPE, '{"keys":[]}'],
    garbage: [200, JSON_TYPE, '{"keys":'],
  }
  const [status, type, content] = answers[behaviour]
  const body = behaviour === 'huge' ? pad(content) : content
  const location = behaviour === 'redirect' ? { location: elsewhere } : {}
  response.writeHead(status, { 'content-type': type, ...location })
  if (behaviour !== 'slow') {
    response.end(body)
    return
  }
  response.write(body.slice(0, 1))
  setTimeout(() => response.end(body.slice(1)), SLOW_MILLISECONDS).unref()
}

function pad(json: string): string {
  return `{"padding":"${'x'.repeat(HUGE_BYTES)}",${json.slice(1)}`
}
