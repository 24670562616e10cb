import { decodeJwt } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import { forge, genericTrust, judge, watchLog } from '../support/attack.ts'
import {
  accessToken,
  applyTrust,
  exchange,
  exchangeForm,
  GATEWAY,
  post,
  readJson,
  send,
} from '../support/gateway.ts'
import { quickIssuer, type TestIssuer } from '../support/issuer.ts'
import { API } from '../support/trust.ts'

const log = watchLog()
const FORM = { 'content-type': 'application/x-www-form-urlencoded' }
const OTHER = 'https://other.test'

let issuer: TestIssuer
beforeAll(async () => {
  issuer = await quickIssuer()
  const trust = genericTrust({ ci: issuer.url })
  const resources = { ...trust.resources, [OTHER]: { scopes: ['deploy:read', 'admin'] } }
  await applyTrust({ ...trust, resources })
})

/** The status and the OAuth error code of a raw request. */
async function raw(path: string, init: RequestInit): Promise<readonly [number, unknown]> {
  const response = await send(path, init)
  const body = await readJson(response)
  expect(body).not.toHaveProperty('access_token')
  return [response.status, body.error]
}

const formText = async (change?: Record<string, string | undefined>) =>
  new URLSearchParams(exchangeForm(await forge(issuer), change)).toString()

describe('the form of a request', () => {
  it.each([
    'scope',
    'grant_type',
    'subject_token',
    'subject_token_type',
    'rule',
    'expires_in',
    'x',
  ])('EXC-01 TE-07 has %s only once, in every encoding of the name', async (name) => {
    const encoded = `%${name.charCodeAt(0).toString(16)}${name.slice(1)}`
    for (const more of [`${name}=a&${name}=b`, `${name}=a&${encoded}=b`, `${name}=&${name}=`]) {
      const body = `${await formText()}&${more}`
      const answer = await raw('/token', { method: 'POST', headers: FORM, body })
      expect(answer).toEqual([400, 'invalid_request'])
    }
  })

  it('EXC-15 is not decompressed', async () => {
    const stream = new Blob([await formText()]).stream().pipeThrough(new CompressionStream('gzip'))
    const body = await new Response(stream).arrayBuffer()
    const headers = { ...FORM, 'content-encoding': 'gzip' }
    for (const path of ['/token', '/introspect', '/revoke']) {
      const response = await send(path, { method: 'POST', headers, body })
      expect(response.status, path).toBe(415)
      expect(await response.json()).toMatchObject({
        error_description: 'the body must not have a Content-Encoding',
      })
    }
    const plain = { ...FORM, 'content-encoding': 'Identity' }
    const init = { method: 'POST', headers: plain, body: await formText() }
    expect((await send('/token', init)).status).toBe(200)
  })

  it('EXC-02 TE-02 TE-03 TE-04 must be a form in the body', async () => {
    const good = await formText()
    const bytes = new TextEncoder().encode(good)
    const types = ['application/json', 'text/plain', 'multipart/form-data; boundary=x', undefined]
    for (const type of types) {
      const headers: Record<string, string> = type === undefined ? {} : { 'content-type': type }
      const answer = await raw('/token', { method: 'POST', headers, body: bytes })
      expect(answer, String(type)).toEqual([415, 'invalid_request'])
    }
    const data = new FormData()
    for (const [name, value] of new URLSearchParams(good)) data.set(name, value)
    expect(await raw('/token', { method: 'POST', body: data })).toEqual([415, 'invalid_request'])
    const json = JSON.stringify(Object.fromEntries(new URLSearchParams(good)))
    expect(await raw('/token', { method: 'POST', headers: FORM, body: json })).toEqual([
      400,
      'invalid_request',
    ])
    // Parameters in the URL are ignored.
    expect(await raw(`/token?${good}`, { method: 'POST', headers: FORM, body: '' })).toEqual([
      400,
      'invalid_request',
    ])
    const charset = { 'content-type': 'Application/X-WWW-Form-Urlencoded; charset=utf-8' }
    expect((await send('/token', { method: 'POST', headers: charset, body: good })).status).toBe(
      200,
    )
  })

  it.each([
    ['an actor token', { actor_token: 'x', actor_token_type: 'urn:x' }, 'token_type_unsupported'],
    ['only the type of an actor token', { actor_token_type: 'urn:x' }, 'parameter_missing'],
    ['an issuer for the subject', { subject_issuer: 'x' }, 'parameter_unsupported'],
    [
      'a token type that is not issued',
      { requested_token_type: 'urn:x' },
      'token_type_unsupported',
    ],
    ['no subject token', { subject_token: undefined }, 'parameter_missing'],
    ['an empty subject token', { subject_token: '' }, 'parameter_missing'],
    ['the secret of a client', { client_secret: 'x' }, 'client_authentication_unsupported'],
  ])('EXC-03 TE-05 TE-27 with %s is refused', async (_, change, reason) => {
    expect(await judge(log, await forge(issuer), change)).toBe(reason)
  })

  it('TE-05 with empty parameters gets the same answer as without them', async () => {
    const names = ['actor_token', 'actor_token_type', 'subject_issuer', 'requested_issuer']
    const more = ['client_secret', 'client_assertion', 'client_assertion_type', 'rule', 'scope']
    const change = Object.fromEntries([...names, ...more].map((name) => [name, '']))
    expect(await judge(log, await forge(issuer), change)).toBe('granted')
  })

  it('EXC-03 TE-06 with unknown parameters gets the same answer as without them', async () => {
    const change = { unknown: 'x', __proto__x: 'y', constructor: 'z' }
    expect(await judge(log, await forge(issuer), change)).toBe('granted')
  })

  it('EXC-15 is read up to 32 KiB, whatever content-length says', async () => {
    const fill = async (size: number) => {
      const form = await formText()
      return new TextEncoder().encode(`${form}&x=${'x'.repeat(size - form.length - 3)}`)
    }
    const ask = (body: BodyInit, headers: Record<string, string> = FORM) =>
      send('/token', { method: 'POST', headers, body })
    expect((await ask(await fill(32 * 1024))).status).toBe(200)
    expect((await ask(await fill(32 * 1024 + 1))).status).toBe(413)
    for (const length of ['0', '10', '32768', '-1', 'x', '1e999']) {
      const lie = { ...FORM, 'content-length': length }
      expect((await ask(await fill(40_000), lie)).status, length).toBe(413)
    }
    let sent = 0
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        sent += 1
        controller.enqueue(new TextEncoder().encode(`a=${'x'.repeat(1000)}&`))
      },
    })
    expect((await ask(endless)).status).toBe(413)
    expect(sent).toBeLessThan(200)
  })
})

describe('the grant of a request', () => {
  it.each([
    ['a scope that the rule does not grant', 'deploy:read deploy:admin', 'scope_not_granted'],
    ['everything', '*', 'scope_not_granted'],
    ['another case', 'Deploy:Read', 'scope_not_granted'],
    ['a prefix', 'deploy', 'scope_not_granted'],
    ['a scope of another API', 'admin', 'scope_not_granted'],
    ['a no-break space', 'deploy:read\u00a0deploy:admin', 'scope_malformed'],
    ['two spaces', 'deploy:read  deploy:write', 'scope_malformed'],
    ['a tab', 'deploy:read\tdeploy:write', 'scope_malformed'],
    ['a quote', 'deploy:read"', 'scope_malformed'],
    [
      'a thousand scopes',
      Array.from({ length: 1000 }, (_, i) => `s${i}`).join(' '),
      'scope_malformed',
    ],
  ])('EXC-04 TE-20 TE-36 refuses the scope: %s', async (_, scope, reason) => {
    expect(await judge(log, await forge(issuer), { scope })).toBe(reason)
  })

  it('EXC-04 TE-21 TE-22 has exactly the requested scopes, or all scopes of the rule', async () => {
    const some = await readJson(await exchange(await forge(issuer), { scope: 'deploy:read' }))
    expect([some.scope, decodeJwt(String(some.access_token)).scope]).toEqual([
      'deploy:read',
      'deploy:read',
    ])
    const all = await readJson(await exchange(await forge(issuer)))
    expect(all.scope).toBe('deploy:read deploy:write')
  })

  it.each([
    ['another resource', OTHER, 'no_rule_matched'],
    ['the admin API', GATEWAY, 'issuer_not_trusted'],
    ['a longer path', `${API}/v1`, 'resource_unknown'],
    ['two slashes', `${API}//`, 'resource_unknown'],
    ['another port', `${API}:8443`, 'resource_unknown'],
    ['the admin API with a slash', `${GATEWAY}/`, 'issuer_not_trusted'],
    ['the admin API in capitals', GATEWAY.toUpperCase(), 'issuer_not_trusted'],
    ['a fragment', `${API}#x`, 'target_invalid'],
    ['not a URI', 'api', 'target_invalid'],
    ['a prefix', 'https://api.tes', 'resource_unknown'],
    ['a dot', 'https://api.test.', 'resource_unknown'],
  ])('EXC-05 TE-33 TE-34 refuses the resource: %s', async (_, resource, reason) => {
    expect(await judge(log, await forge(issuer), { resource })).toBe(reason)
    const audience = await judge(log, await forge(issuer), {
      resource: undefined,
      audience: resource,
    })
    expect(['resource_unknown', reason]).toContain(audience)
  })

  it('EXC-05 OUT-02 TE-08 TE-34 is for one resource, even if the request names several', async () => {
    const form = Object.entries(exchangeForm(await forge(issuer)))
    for (const name of ['resource', 'audience']) {
      const response = await post('/token', [...form, [name, OTHER]])
      expect([response.status, (await readJson(response)).error]).toEqual([400, 'invalid_target'])
    }
    // The same resource twice counts once.
    const twice = await post('/token', [...form, ['resource', API], ['audience', API]])
    expect(twice.status).toBe(200)
  })

  it.each(['1e9', '-1', '1h', '1e999', '0', '1.5', ' 60', '0x10', 'NaN', '99999999999'])(
    'EXC-06 refuses a lifetime of %j',
    async (expires_in) => {
      expect(await judge(log, await forge(issuer), { expires_in })).toBe('parameter_invalid')
    },
  )

  it('EXC-06 TE-23 may have a shorter lifetime than the rule, never a longer one', async () => {
    const asked = async (expires_in?: string) => {
      const body = await readJson(await exchange(await forge(issuer), { expires_in }))
      const { exp = 0, iat = 0 } = decodeJwt(String(body.access_token))
      expect(exp - iat).toBe(body.expires_in)
      return body.expires_in
    }
    expect([await asked('60'), await asked(), await asked('9999999999')]).toEqual([60, 600, 600])
  })

  it('EXC-08 TE-42 TE-43 has no actor, even if the subject token has an act claim', async () => {
    const act = { sub: 'admin', act: { sub: 'root' } }
    const claims = {
      act,
      may_act: { sub: 'anybody' },
      scope: 'admin',
      client_id: 'me',
      roles: ['x'],
    }
    const issued = decodeJwt(await accessToken(await forge(issuer, { claims })))
    for (const name of ['act', 'may_act', 'roles']) expect(issued).not.toHaveProperty(name)
    expect([issued.client_id, issued.scope]).toEqual(['job-of-ci', 'deploy:read deploy:write'])
  })

  it.each([{ jkt: 'x' }, { jwk: { kty: 'EC' } }, {}, null, 'x'])(
    'EXC-09 refuses a token that is bound to a key (%j) without a proof of possession',
    async (cnf) => {
      expect(await judge(log, await forge(issuer, { claims: { cnf } }))).toBe('token_bound')
    },
  )

  it('EXC-07 refuses a token of the gateway itself, so that no lifetime is extended', async () => {
    const issued = await accessToken(await forge(issuer))
    for (let turn = 0; turn < 3; turn += 1) {
      expect(await judge(log, issued)).toBe('issuer_not_trusted')
    }
  })
})
