/**
 * The requirements of every proxy, each as a sentence with the check that proves it. The checks of
 * `OPEN` run while the gateway is reachable. forward-auth.ts sets the order of the others.
 */
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { MAX_ISSUED_TOKEN_CHARACTERS } from '../../src/core/limits.ts'
import { DPOP_ALGORITHMS } from '../../src/protocol/dpop/words.ts'
import { API, MANY_SCOPES, OTHER_API, type World } from './forward-auth-world.ts'
import type { Running } from './proxies.ts'
import { type Sent, send, sendOverSocket } from './proxy-client.ts'
import { expect, expectIdentity, expectRefusal, Failed } from './proxy-expect.ts'

export type Check = (running: Running, world: World) => Promise<void>

/** The challenge for a request without a token. */
export const NO_TOKEN = `Bearer, DPoP algs="${DPOP_ALGORITHMS.join(' ')}"`
const NOT_ACCEPTED = 'Bearer error="invalid_token", error_description="the token was not accepted"'

/**
 * Returns the requests of this proxy to the gateway. The token distinguishes them from those of
 * other proxies.
 */
function questionsOf(world: World, token: string) {
  return world.questions.filter(({ headers }) => headers.authorization === `Bearer ${token}`)
}

/** Header names that some API could read as the subject. */
export const SPOOFED: Sent['headers'] = {
  'X-Edgemint-Subject': ['admin', 'root'],
  'x-edgemint-client-id': 'admin',
  'X-EDGEMINT-SCOPE': 'admin',
  'X-Edgemint-Expires-At': '1',
  'X-Edgemint-Token-Id': 'admin',
  'X-Edgemint-Actor': 'admin',
}
const UNDERSCORES: Sent['headers'] = {
  X_Edgemint_Subject: 'admin',
  'X-Edgemint_Subject': 'admin',
  x_edgemint_client_id: 'admin',
  'X_Edgemint-Scope': 'admin',
}

export const OPEN: Readonly<Record<string, Check>> = {
  'forwards the identity of a token, but not the token': async ({ places }, world) => {
    const token = await world.newToken()
    const sent = { token, method: 'POST', path: '/deployments/7?force=a%20b', body: 'x=1' }
    const answer = await send(places, sent)
    expectIdentity(answer, token)
    const { method, url, body } = answer.received ?? {}
    expect('request at the API', [method, url, body], ['POST', sent.path, 'x=1'])
  },

  'forwards the identity of a token with many scopes': async ({ places }, world) => {
    const token = await world.newToken(API, ['deploy:read', ...MANY_SCOPES].join(' '))
    expectIdentity(await send(places, { token }), token)
  },

  'asks the gateway about a token of the longest length': async ({ places }) => {
    const token = 'a'.repeat(MAX_ISSUED_TOKEN_CHARACTERS)
    expectRefusal(await send(places, { token }), 401, NOT_ACCEPTED)
  },

  'sends the gateway no cookie and no body of the client': async ({ proxy, places }, world) => {
    const token = await world.newToken()
    const headers = { cookie: 'session=1', 'x-private': '1' }
    const path = '/deployments?access_token=1'
    await send(places, { token, method: 'PUT', path, headers, body: 'secret' })
    const [question] = questionsOf(world, token)
    if (question === undefined) throw new Failed('the gateway got no request')
    const url =
      proxy.name === 'envoy-prefix'
        ? `/verify${path}`
        : '/verify?resource=https%3A%2F%2Fapi.example.com&scope=deploy%3Aread&proof='
    expect('question', question.url?.startsWith(url), true)
    expect('host', question.headers.host, proxy.host(places))
    expect('cookie', question.headers.cookie, undefined)
    const length = question.headers['content-length'] ?? '0'
    expect('body', [length, question.headers['transfer-encoding']], ['0', undefined])
  },

  'returns 401 with a challenge to a request without a token': async ({ places }) => {
    expectRefusal(await send(places), 401, NO_TOKEN)
    const headers = { authorization: 'Basic bWU6c2VjcmV0' }
    expectRefusal(await send(places, { headers }), 401, NO_TOKEN)
  },

  'ignores a token outside Authorization': async ({ places }, world) => {
    const token = await world.newToken()
    const headers = { cookie: `token=${token}`, 'proxy-authorization': `Bearer ${token}` }
    const path = `/deployments?access_token=${token}`
    expectRefusal(await send(places, { headers, path }), 401, NO_TOKEN)
  },

  'returns 401 for a token of another API and for malformed tokens': async ({ places }, world) => {
    for (const token of [await world.newToken(OTHER_API), 'a.b.c', 'x']) {
      expectRefusal(await send(places, { token }), 401, NOT_ACCEPTED)
    }
  },

  'returns 403 for a missing scope and names it in the challenge': async ({ places }, world) => {
    const token = await world.newToken(API, 'deploy:write')
    const challenge =
      'Bearer error="insufficient_scope", error_description="a scope is missing", scope="deploy:read"'
    expectRefusal(await send(places, { token }), 403, challenge)
  },

  'removes identity headers that the client sent': async ({ places }, world) => {
    const token = await world.newToken()
    expectIdentity(await send(places, { token, headers: { ...SPOOFED } }), token)
    expectRefusal(await send(places, { headers: { ...SPOOFED } }), 401)
  },

  'sends all identity headers, whatever the client names in Connection': async (running, world) => {
    const token = await world.newToken()
    const names = Object.keys(SPOOFED).join(', ')
    for (const connection of [names, `close, ${names}`, ['close', names]]) {
      expectIdentity(await send(running.places, { token, headers: { connection } }), token)
    }
  },

  'removes or refuses identity headers with underscores': async ({ places }, world) => {
    const token = await world.newToken()
    const answer = await send(places, { token, headers: { ...UNDERSCORES } })
    if (answer.status === 400) expectRefusal(answer, 400)
    else expectIdentity(answer, token)
  },

  'does not let a client choose the required resource': async ({ places }, world) => {
    const token = await world.newToken(OTHER_API)
    const easy = encodeURIComponent(OTHER_API)
    const tries: readonly Sent[] = [
      { headers: { 'X-Edgemint-Require-Resource': OTHER_API } },
      { headers: { 'X-Edgemint-Require-Scope': 'deploy:write' } },
      { headers: { 'X-Original-URL': `/verify?resource=${easy}` } },
      { headers: { 'X-Forwarded-Uri': `/verify?resource=${easy}`, 'X-Forwarded-Method': 'HEAD' } },
      { path: `/?resource=${easy}` },
      { path: `/../verify?resource=${easy}` },
      { path: `/%2e%2e/verify?resource=${easy}` },
      { path: '/..%2fhealth' },
    ]
    for (const sent of tries) {
      const answer = await send(places, { ...sent, token })
      expect(`${JSON.stringify(sent)} reached the API`, answer.received !== undefined, false)
      expect(`${JSON.stringify(sent)} is refused`, answer.status >= 400, true)
    }
  },

  'does not let a path reach another endpoint of the gateway': async ({ places }) => {
    for (const path of ['/../health', '/%2e%2e/health', '/../jwks.json', '/x/../../health', '/.']) {
      const answer = await send(places, { path })
      expect(`${path} reached the API`, answer.received !== undefined, false)
      expect(`${path} is refused`, answer.status >= 400, true)
    }
  },

  'does not mix up two Authorization headers': async ({ places }, world) => {
    const [good, other] = [await world.newToken(), await world.newToken(OTHER_API)]
    for (const [first, second] of [
      [good, other],
      [other, good],
    ]) {
      const headers = { authorization: [`Bearer ${first}`, `Bearer ${second}`] }
      const answer = await send(places, { headers })
      // A proxy that accepts one of them must forward the identity of that token.
      if (answer.status === 200) expectIdentity(answer, good)
      else expect('the API was reached', answer.received !== undefined, false)
    }
  },

  'caches an allowing response for ten seconds, for the same token': async (running, world) => {
    const [token, other] = [await world.newToken(), await world.newToken()]
    const startedAt = Date.now()
    for (let time = 0; time < 3; time += 1)
      expectIdentity(await send(running.places, { token }), token)
    const quick = Date.now() - startedAt < 9000
    const asked = questionsOf(world, token).length
    if (quick) expect('gateway requests for three requests', asked, running.proxy.caches ? 1 : 3)
    expectIdentity(await send(running.places, { token: other }), other)
    // The signature of one token on the claims of another.
    const [head = '', , signature = ''] = token.split('.')
    const forged = `${head}.${other.split('.')[1]}.${signature}`
    expectRefusal(await send(running.places, { token: forged }), 401, NOT_ACCEPTED)
    expectRefusal(await send(running.places), 401, NO_TOKEN)
    await until('the gateway gets another request', 20, async () => {
      expectIdentity(await send(running.places, { token }), token)
      return questionsOf(world, token).length > asked
    })
  },

  'opens a WebSocket only with a token': async ({ places }, world) => {
    const token = await world.newToken()
    const { status, received, echo } = await sendOverSocket(places, token, 'hello')
    expectIdentity({ status, received }, token, 101)
    expect('echo', echo, 'hello')
    for (const other of [undefined, await world.newToken(OTHER_API)]) {
      expect('status', (await sendOverSocket(places, other, 'hello')).status, 401)
    }
  },

  // After an upgrade to h2c a proxy could not check further requests.
  'does not forward an upgrade to h2c': async ({ places }, world) => {
    const token = await world.newToken()
    for (const connection of ['Upgrade, HTTP2-Settings', 'Upgrade']) {
      for (const upgrade of ODD_UPGRADES) {
        const headers = { connection, upgrade, 'http2-settings': 'AAMAAABkAAQAAP__' }
        const { status, received } = await send(places, { token, headers })
        expect(`${upgrade} gets a response`, status > 101, true)
        expect(`${upgrade} at the API`, received?.header('upgrade') ?? [], [])
      }
    }
  },

  'writes no token to disk': async ({ folder, places }, world) => {
    const token = await world.newToken()
    expectIdentity(await send(places, { token }), token)
    const payload = token.split('.')[1] ?? ''
    for (const secret of [token, payload]) {
      expect('files with the token', findFiles(folder, secret), '')
    }
  },
}

const ODD_UPGRADES: readonly (string | readonly string[])[] = [
  ...['h2c', 'H2C', 'websocket, h2c', 'h2c, websocket'],
  ...[
    ['h2c', 'websocket'],
    ['websocket', 'h2c'],
  ],
]

function findFiles(folder: string, text: string): string {
  try {
    return execFileSync('grep', ['-rlF', '--', text, join(folder, '/')], { encoding: 'utf8' })
  } catch {
    // Exit code 1: grep found nothing.
    return ''
  }
}

/**
 * Calls `ask` every quarter of a second until it returns true. Returns the seconds that it took.
 */
export async function until(
  what: string,
  seconds: number,
  ask: () => Promise<boolean>,
): Promise<number> {
  const startedAt = Date.now()
  while (!(await ask())) {
    if (Date.now() - startedAt > seconds * 1000) throw new Failed(`${what}: not in ${seconds} s`)
    await new Promise((resolve) => setTimeout(resolve, 250))
  }
  return (Date.now() - startedAt) / 1000
}

export const REVOKED: Check = async ({ places }, world) => {
  const token = await world.newToken()
  expectIdentity(await send(places, { token }), token)
  await world.revoke(token)
  // The copy of the isolate can be 10 s old, and that of a proxy 10 s more. KV is immediate on one
  // machine.
  await until('the revoked token is refused', 25, async () => {
    const answer = await send(places, { token })
    if (answer.status === 200) return false
    expectRefusal(answer, 401, NOT_ACCEPTED)
    return true
  })
}

/** Each token is new, so no proxy can have a cached response. */
export const CLOSED: Check = async ({ places }, world) => {
  for (const token of [await world.newToken(), undefined]) {
    const answer = await send(places, token === undefined ? {} : { token })
    expect('status is 5xx', answer.status >= 500, true)
    expect('the API was reached', answer.received !== undefined, false)
  }
}

export const BACK: Check = async ({ places }, world) => {
  const token = await world.newToken()
  await until('the gateway is back', 20, async () => (await send(places, { token })).status === 200)
  expectIdentity(await send(places, { token }), token)
}
