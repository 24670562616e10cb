/** The example receiver of alerts, asked by a server with keys of its own instead of a gateway. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Started, startProcess } from '../../scripts/processes.ts'
import { until } from '../cli/support/serve.ts'
import { root } from './support/world.ts'

type Json = Readonly<Record<string, unknown>>

const AUDIENCE = 'https://hooks.example.com'
const EVENT = 'urn:edgemint:event:budget_exceeded'
const KEY = { alg: 'ES256', kid: 'one' }

let keyServer: Server
let receiver: Started
let issuer: string
let privateKey: CryptoKey
let count = 0

beforeAll(async () => {
  const pair = await generateKeyPair(KEY.alg)
  privateKey = pair.privateKey
  const keys = JSON.stringify({ keys: [{ ...(await exportJWK(pair.publicKey)), ...KEY }] })
  keyServer = createServer((_, response) => response.end(keys))
  await new Promise<void>((resolve) => keyServer.listen(0, '127.0.0.1', resolve))
  issuer = `http://127.0.0.1:${(keyServer.address() as AddressInfo).port}`
  receiver = await startProcess(process.execPath, [join(root, 'examples/alerts/receiver.ts')], {
    ISSUER: issuer,
    AUDIENCE,
    PORT: '0',
  })
})
afterAll(async () => {
  await receiver.stop()
  keyServer.close()
})

/** A change to undefined leaves the claim out. */
function sign(claims: Json = {}, header: Json = {}, key = privateKey): Promise<string> {
  count += 1
  const now = Math.floor(Date.now() / 1000)
  const jti = `alert-${count}`
  const events = { [EVENT]: { rule: jti } }
  return new SignJWT({ iss: issuer, aud: AUDIENCE, iat: now, jti, toe: now, events, ...claims })
    .setProtectedHeader({ ...KEY, typ: 'secevent+jwt', ...header })
    .sign(key)
}

const post = (body: string, type = 'application/secevent+jwt') =>
  fetch(String(receiver.ready.url), { method: 'POST', body, headers: { 'content-type': type } })

/** Returns the status, and `err` of a refusal. */
async function judge(body: string, type?: string): Promise<string> {
  const response = await post(body, type)
  const text = await response.text()
  return `${response.status} ${text === '' ? '' : (JSON.parse(text) as { err: string }).err}`
}

const printed = (rule: string) =>
  receiver
    .said()
    .split('\n')
    .filter((line) => line.includes(`"rule":"${rule}"`))

describe('the receiver of the example', () => {
  it('SE-01 answers a genuine alert with 202 and no body', async () => {
    const response = await post(await sign())
    expect([response.status, await response.text()]).toEqual([202, ''])
  })

  it('SE-04 answers a repeated alert in the same way, and prints it once', async () => {
    const alert = await sign({ jti: 'repeated', events: { [EVENT]: { rule: 'repeated' } } })
    expect([await judge(alert), await judge(alert)]).toEqual(['202 ', '202 '])
    const signedAgain = await sign({ jti: 'repeated', events: { [EVENT]: { rule: 'repeated' } } })
    expect(await judge(signedAgain)).toBe('202 ')
    expect(await judge(await sign({ events: { [EVENT]: { rule: 'last' } } }))).toBe('202 ')
    expect([printed('repeated').length, printed('last').length]).toEqual([1, 1])
  })

  it('SE-04 forgets the oldest of many alerts, because its memory is bounded', async () => {
    const alert = (rule: string) => sign({ jti: 'oldest', events: { [EVENT]: { rule } } })
    await post(await alert('first'))
    for (let batch = 0; batch < 20; batch += 1) {
      const answers = await Promise.all(Array.from({ length: 50 }, async () => post(await sign())))
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]))
    }
    expect(await judge(await alert('second'))).toBe('202 ')
    expect(await judge(await alert('third'))).toBe('202 ')
    expect(await judge(await sign({ events: { [EVENT]: { rule: 'after' } } }))).toBe('202 ')
    await until(() => printed('after').length === 1)
    expect([printed('second').length, printed('third').length]).toEqual([1, 0])
  })

  it.each(['application/secevent+jwt; charset=utf-8', 'Application/SecEvent+JWT'])(
    'SE-01 accepts the media type as %s',
    async (type) => {
      expect(await judge(await sign(), type)).toBe('202 ')
    },
  )

  it('SE-02 says in JSON what is wrong with a token, and in which language', async () => {
    const response = await post(await sign({ aud: 'https://other.example.com' }))
    expect(response.status).toBe(400)
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'application/json',
      'content-language': 'en',
    })
    expect(await response.json()).toEqual({
      err: 'invalid_audience',
      description: expect.stringContaining('"aud"'),
    })
  })

  it.each<readonly [string, string, Json, Json]>([
    ['SE-08 SE-03 another issuer', 'invalid_issuer', { iss: 'https://other.example.com' }, {}],
    ['SE-08 no issuer', 'invalid_issuer', { iss: undefined }, {}],
    [
      'SE-09 SE-03 the audience of another receiver',
      'invalid_audience',
      { aud: `${AUDIENCE}.evil` },
      {},
    ],
    ['SE-09 no audience', 'invalid_audience', { aud: undefined }, {}],
    ['SE-06 SE-03 the type of an access token', 'invalid_request', {}, { typ: 'at+jwt' }],
    ['SE-06 no type', 'invalid_request', {}, { typ: undefined }],
    ['SE-07 no jti', 'invalid_request', { jti: undefined }, {}],
    ['SE-07 no iat', 'invalid_request', { iat: undefined }, {}],
    ['SE-07 no events', 'invalid_request', { events: undefined }, {}],
    ['SE-07 events that are empty', 'invalid_request', { events: {} }, {}],
    ['SE-07 events that are null', 'invalid_request', { events: null }, {}],
    ['SE-07 events that are a list', 'invalid_request', { events: ['x'] }, {}],
    ['SE-10 a time at which it expires', 'invalid_request', { exp: 4_102_444_800 }, {}],
    ['SE-10 a subject', 'invalid_request', { sub: 'user-1' }, {}],
    ['SE-13 SE-03 a key that is not published', 'invalid_key', {}, { kid: 'two' }],
  ])('refuses a token with %s: %s', async (_, err, claims, header) => {
    expect(await judge(await sign(claims, header))).toBe(`400 ${err}`)
  })

  it('SE-13 SE-03 refuses the signature of another key under a published kid', async () => {
    const { privateKey: other } = await generateKeyPair(KEY.alg)
    expect(await judge(await sign({}, {}, other))).toBe('400 invalid_key')
  })

  it('SE-01 SE-03 refuses what is no alert', async () => {
    expect(await judge('no token')).toBe('400 invalid_request')
    expect(await judge('x'.repeat(20_000))).toBe('400 invalid_request')
    expect(await judge(await sign(), 'application/jwt')).toBe('400 invalid_request')
    expect((await fetch(String(receiver.ready.url))).status).toBe(405)
  })
})
