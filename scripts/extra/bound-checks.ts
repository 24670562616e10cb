/** The requirements of every proxy for tokens that are bound to a key: an API that demands DPoP. */
import { randomUUID } from 'node:crypto'
import * as oauth from 'oauth4webapi'
import { makeDpopProof } from '../../src/protocol/dpop/make-proof.ts'
import { generateSigningPair, readSigningPair, type SigningPair } from '../../src/web/signature.ts'
import { API, BOUND_API, type World } from './forward-auth-world.ts'
import type { Running } from './proxies.ts'
import type { Check } from './proxy-checks.ts'
import { type Answer, type Sent, send } from './proxy-client.ts'
import { expect, expectIdentity, expectRefusal } from './proxy-expect.ts'

/** A client with a key, and a bound token for the API. */
async function openClient(world: World, resource = API) {
  const key = await generateSigningPair('ES256')
  return { key, token: await world.newBoundToken(key, resource) }
}

function prove(
  key: SigningPair,
  accessToken: string,
  { method = 'GET', path = '/deployments' }: Sent,
) {
  const now = Math.floor(Date.now() / 1000)
  return makeDpopProof(key, { method, url: API + path, now, jti: randomUUID(), accessToken })
}

type Credentials = { readonly token: string; readonly dpop?: string; readonly scheme?: string }

/** Sends a request with a token, and with a proof if there is one. */
function sendBound(
  { places }: Running,
  { token, dpop, scheme = 'DPoP' }: Credentials,
  sent: Sent = {},
): Promise<Answer> {
  const proof = dpop === undefined ? {} : { dpop }
  const headers = { authorization: `${scheme} ${token}`, ...proof, ...sent.headers }
  return send(places, { ...sent, headers })
}

function expectChallenge(answer: Answer, error: string): void {
  expectRefusal(answer, 401)
  const isNamed = answer.challenge?.startsWith(`DPoP error="${error}"`)
  expect(`whether the challenge names ${error}: ${answer.challenge}`, isNamed, true)
}

/** A request that differs from that of the proof, and headers that claim the other one. */
const CLAIMED: Sent['headers'] = {
  'X-Forwarded-Method': 'GET',
  'X-Forwarded-Uri': '/deployments',
  'X-Forwarded-Host': 'api.example.com',
  'X-Original-Method': 'GET',
  'X-Original-URI': '/deployments',
  'X-Original-URL': 'https://api.example.com/deployments',
}

export const BOUND: Readonly<Record<string, Check>> = {
  'DPoP: works with oauth4webapi, which is unmodified': async (running, world) => {
    const pair = await oauth.generateKeyPair('ES256')
    const token = await world.newBoundToken(await readSigningPair(pair, 'ES256'))
    // It sends to the port of the proxy. Everything else is that of the library.
    const customFetch = async (
      url: string,
      { method, headers }: oauth.CustomFetchOptions<string>,
    ) => {
      const { pathname, search } = new URL(url)
      const answer = await send(running.places, { method, path: pathname + search, headers })
      expect('whether the API was reached', answer.received !== undefined, true)
      return new Response(null, { status: answer.status })
    }
    const response = await oauth.protectedResourceRequest(
      token,
      'PUT',
      new URL(`${API}/deployments?page=2`),
      undefined,
      undefined,
      { DPoP: oauth.DPoP({}, pair), [oauth.customFetch]: customFetch as never },
    )
    expect('status', response.status, 200)
  },

  'DPoP: forwards the identity of a bound token, but neither token nor proof': async (
    running,
    world,
  ) => {
    const { key, token } = await openClient(world)
    const sent = { method: 'POST', path: '/deployments/7?force=a%20b', body: 'x=1' }
    const answer = await sendBound(running, { token, dpop: await prove(key, token, sent) }, sent)
    expectIdentity(answer, token)
    expect('proof at the API', answer.received?.header('dpop'), [])
    expect('request at the API', answer.received?.url, sent.path)
  },

  'DPoP: refuses a bound token as a bearer token and without a proof': async (running, world) => {
    const { key, token } = await openClient(world)
    const dpop = await prove(key, token, {})
    // The second one must not profit from the answer to the first.
    expectIdentity(await sendBound(running, { token, dpop }), token)
    expectChallenge(await sendBound(running, { token }), 'invalid_dpop_proof')
    expectChallenge(await sendBound(running, { token, scheme: 'Bearer' }), 'invalid_token')
    const proven = { token, scheme: 'Bearer', dpop: await prove(key, token, {}) }
    expectChallenge(await sendBound(running, proven), 'invalid_token')
  },

  'DPoP: refuses a proof of another key, and one that was used before': async (running, world) => {
    const { key, token } = await openClient(world)
    const stranger = await generateSigningPair('ES256')
    const foreign = await prove(stranger, token, {})
    expectChallenge(await sendBound(running, { token, dpop: foreign }), 'invalid_dpop_proof')
    const dpop = await prove(key, token, {})
    expectIdentity(await sendBound(running, { token, dpop }), token)
    expectChallenge(await sendBound(running, { token, dpop }), 'invalid_dpop_proof')
  },

  'DPoP: refuses a proof for another request, also when the client claims it in headers': async (
    running,
    world,
  ) => {
    const { key, token } = await openClient(world)
    for (const sent of [{ method: 'POST' }, { path: '/admin' }, { path: '/deployments/' }]) {
      for (const headers of [{}, CLAIMED]) {
        const dpop = await prove(key, token, {})
        const answer = await sendBound(running, { token, dpop }, { ...sent, headers })
        expectChallenge(answer, 'invalid_dpop_proof')
      }
    }
  },
}

/** The resource requires a binding, and its URI is not the URL of the API. */
export const DEMANDED: Check = async (running, world) => {
  const { key, token } = await openClient(world, BOUND_API)
  expectIdentity(await sendBound(running, { token, dpop: await prove(key, token, {}) }), token)
  expectChallenge(await sendBound(running, { token, scheme: 'Bearer' }), 'invalid_token')
  const url = `${BOUND_API}/deployments`
  const now = Math.floor(Date.now() / 1000)
  const request = { method: 'GET', url, now, jti: randomUUID(), accessToken: token }
  const dpop = await makeDpopProof(key, request)
  const headers = { host: 'bound.example.com' }
  // Some proxies have no site of that name.
  const answer = await sendBound(running, { token, dpop }, { headers })
  expect('whether the API was reached', answer.received !== undefined, false)
}
