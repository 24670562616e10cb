/**
 * What must hold behind every proxy, each as a sentence with the check that proves it. Those of
 * `OPEN` run while the gateway is there; the rest has an order of its own in forward-auth.ts.
 */
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { decodeJwt } from 'jose'
import { API, OTHER_API, type World } from './forward-auth-world.ts'
import type { Running } from './proxies.ts'
import { type Answer, type Sent, send, sendOverSocket } from './proxy-client.ts'

export type Check = (running: Running, world: World) => Promise<void>

class Failed extends Error {}

export function expect(what: string, actual: unknown, wanted: unknown): void {
  const [found, meant] = [JSON.stringify(actual), JSON.stringify(wanted)]
  if (found !== meant) throw new Failed(`${what}: ${found} instead of ${meant}`)
}

const IDENTITY = ['subject', 'client-id', 'scope', 'expires-at', 'token-id'].map(
  (name) => `x-edgemint-${name}`,
)

function identityOf(token: string): readonly (readonly string[])[] {
  const { sub, client_id, scope, exp, jti } = decodeJwt(token)
  return [sub, client_id, scope, exp, jti].map((value) => [String(value)])
}

export function expectIdentity(
  answer: Pick<Answer, 'status' | 'received'>,
  token: string,
  status = 200,
) {
  expect('status', answer.status, status)
  const { received } = answer
  if (received === undefined) throw new Failed('the API was not reached')
  expect('identity', IDENTITY.map(received.header), identityOf(token))
  const ours = received.names.filter((name) => name.includes('edgemint')).toSorted()
  expect('headers of ours at the API', ours, IDENTITY.toSorted())
  expect('authorization at the API', received.header('authorization'), [])
}

export function expectRefusal(answer: Answer, status: number, challenge?: string): void {
  expect('status', answer.status, status)
  expect('whether the API was reached', answer.received !== undefined, false)
  if (challenge !== undefined) expect('challenge', answer.challenge, challenge)
}

const NOT_ACCEPTED = 'Bearer error="invalid_token", error_description="the token was not accepted"'

/** Questions that came for this proxy: the token tells them apart from those of the others. */
function questionsOf(world: World, token: string) {
  return world.questions.filter(({ headers }) => headers.authorization === `Bearer ${token}`)
}

/** Names under which some API would read the subject. */
export const SPOOFED: Sent['headers'] = {
  'X-Edgemint-Subject': ['admin', 'root'],
  'x-edgemint-client-id': 'admin',
  'X-EDGEMINT-SCOPE': 'admin',
  'X-Edgemint-Expires-At': '1',
  'X-Edgemint-Token-Id': 'admin',
}
const UNDERSCORES: Sent['headers'] = {
  X_Edgemint_Subject: 'admin',
  'X-Edgemint_Subject': 'admin',
  x_edgemint_client_id: 'admin',
  'X_Edgemint-Scope': 'admin',
}

export const OPEN: Readonly<Record<string, Check>> = {
  'a token of the resource passes, and the API gets its identity and not the token': async (
    { places },
    world,
  ) => {
    const token = await world.newToken()
    const sent = { token, method: 'POST', path: '/deployments/7?force=a%20b', body: 'x=1' }
    const answer = await send(places, sent)
    expectIdentity(answer, token)
    const { method, url, body } = answer.received ?? {}
    expect('request at the API', [method, url, body], ['POST', sent.path, 'x=1'])
  },

  'the gateway is asked as configured, and gets no cookie and no body of the client': async (
    { proxy, places },
    world,
  ) => {
    const token = await world.newToken()
    const headers = { cookie: 'session=1', 'x-private': '1' }
    const path = '/deployments?access_token=1'
    await send(places, { token, method: 'PUT', path, headers, body: 'secret' })
    const [question] = questionsOf(world, token)
    if (question === undefined) throw new Failed('the gateway was not asked')
    const url =
      proxy.name === 'envoy-prefix'
        ? `/verify${path}`
        : '/verify?resource=https%3A%2F%2Fapi.example.com&scope=deploy%3Aread'
    expect('question', question.url, url)
    expect('host', question.headers.host, proxy.host(places))
    expect('cookie', question.headers.cookie, undefined)
    const length = question.headers['content-length'] ?? '0'
    expect('body', [length, question.headers['transfer-encoding']], ['0', undefined])
  },

  'without a token: 401 with a challenge': async ({ places }) => {
    expectRefusal(await send(places), 401, 'Bearer')
    const headers = { authorization: 'Basic bWU6c2VjcmV0' }
    expectRefusal(await send(places, { headers }), 401, 'Bearer')
  },

  'a token elsewhere than in Authorization is none': async ({ places }, world) => {
    const token = await world.newToken()
    const headers = { cookie: `token=${token}`, 'proxy-authorization': `Bearer ${token}` }
    const path = `/deployments?access_token=${token}`
    expectRefusal(await send(places, { headers, path }), 401, 'Bearer')
  },

  'a token of another API, and nonsense: 401': async ({ places }, world) => {
    for (const token of [await world.newToken(OTHER_API), 'a.b.c', 'x']) {
      expectRefusal(await send(places, { token }), 401, NOT_ACCEPTED)
    }
  },

  'too little scope: 403, and the challenge says which': async ({ places }, world) => {
    const token = await world.newToken(API, 'deploy:write')
    const challenge =
      'Bearer error="insufficient_scope", error_description="a scope is missing", scope="deploy:read"'
    expectRefusal(await send(places, { token }), 403, challenge)
  },

  'identity headers of the client do not survive': async ({ places }, world) => {
    const token = await world.newToken()
    expectIdentity(await send(places, { token, headers: { ...SPOOFED } }), token)
    expectRefusal(await send(places, { headers: { ...SPOOFED } }), 401)
  },

  'nor do they with underscores: removed, or the request is refused': async ({ places }, world) => {
    const token = await world.newToken()
    const answer = await send(places, { token, headers: { ...UNDERSCORES } })
    if (answer.status === 400) expectRefusal(answer, 400)
    else expectIdentity(answer, token)
  },

  'a client cannot choose what is asked of it': async ({ places }, world) => {
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
      expect(`${JSON.stringify(sent)} is a refusal`, answer.status >= 400, true)
    }
  },

  'a path that leads to another endpoint of the gateway is no way in': async ({ places }) => {
    for (const path of ['/../health', '/%2e%2e/health', '/../jwks.json', '/x/../../health', '/.']) {
      const answer = await send(places, { path })
      expect(`${path} reached the API`, answer.received !== undefined, false)
      expect(`${path} is a refusal`, answer.status >= 400, true)
    }
  },

  'two Authorization headers are no way to pass as somebody else': async ({ places }, world) => {
    const [good, other] = [await world.newToken(), await world.newToken(OTHER_API)]
    for (const [first, second] of [
      [good, other],
      [other, good],
    ]) {
      const headers = { authorization: [`Bearer ${first}`, `Bearer ${second}`] }
      const answer = await send(places, { headers })
      // Whoever lets one of them count must tell the API whose it was.
      if (answer.status === 200) expectIdentity(answer, good)
      else expect('the API was reached', answer.received !== undefined, false)
    }
  },

  'a yes is repeated for ten seconds at most, to the same token alone': async (running, world) => {
    const [token, other] = [await world.newToken(), await world.newToken()]
    const startedAt = Date.now()
    for (let time = 0; time < 3; time += 1)
      expectIdentity(await send(running.places, { token }), token)
    const quick = Date.now() - startedAt < 9000
    const asked = questionsOf(world, token).length
    if (quick) expect('questions for three requests', asked, running.proxy.caches ? 1 : 3)
    expectIdentity(await send(running.places, { token: other }), other)
    // The signature of one token on the claims of another.
    const [head = '', , signature = ''] = token.split('.')
    const forged = `${head}.${other.split('.')[1]}.${signature}`
    expectRefusal(await send(running.places, { token: forged }), 401, NOT_ACCEPTED)
    expectRefusal(await send(running.places), 401, 'Bearer')
    await until('the gateway is asked again', 20, async () => {
      expectIdentity(await send(running.places, { token }), token)
      return questionsOf(world, token).length > asked
    })
  },

  'a WebSocket is opened with a token, and not without': async ({ places }, world) => {
    const token = await world.newToken()
    const { status, received, echo } = await sendOverSocket(places, token, 'hello')
    expectIdentity({ status, received }, token, 101)
    expect('echo', echo, 'hello')
    for (const other of [undefined, await world.newToken(OTHER_API)]) {
      expect('status', (await sendOverSocket(places, other, 'hello')).status, 401)
    }
  },

  // Past an upgrade to h2c a proxy sees nothing: no further request would be asked about.
  'an upgrade to h2c does not reach the API': async ({ places }, world) => {
    const token = await world.newToken()
    for (const connection of ['Upgrade, HTTP2-Settings', 'Upgrade']) {
      for (const upgrade of ODD_UPGRADES) {
        const headers = { connection, upgrade, 'http2-settings': 'AAMAAABkAAQAAP__' }
        const { status, received } = await send(places, { token, headers })
        expect(`${upgrade} is answered`, status > 101, true)
        expect(`${upgrade} at the API`, received?.header('upgrade') ?? [], [])
      }
    }
  },

  'no token is written to disk': async ({ folder, places }, world) => {
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
    // 1: nothing found.
    return ''
  }
}

/** Asks until it is so; a quarter of a second between two times. */
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
  // The copy of the isolate 10 s, that of a proxy 10 s more; KV is immediate on one machine.
  await until('the revoked token is refused', 25, async () => {
    const answer = await send(places, { token })
    if (answer.status === 200) return false
    expectRefusal(answer, 401, NOT_ACCEPTED)
    return true
  })
}

/** Nobody asked about this token before, so no proxy can know it. */
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
