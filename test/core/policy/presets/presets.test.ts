/** Tokens for each preset, held against what its consumer documents. */
import { decodeJwt, decodeProtectedHeader } from 'jose'
import { describe, expect, it } from 'vitest'
import type { Preset } from '../../../../src/core/policy/presets/preset.ts'
import { PRESETS } from '../../../../src/core/policy/presets/presets.ts'
import { PRESET_NAMES } from '../../../../src/protocol/token.ts'
import { VALIDATORS } from '../../../support/consumers/index.ts'
import { type Change, CONFIGURED, type Consumer, issueFor } from './support/issue.ts'

const CONSUMERS = Object.keys(VALIDATORS) as Consumer[]

describe('a preset', () => {
  it('exists for each name, with its own name', () => {
    expect(Object.entries(PRESETS).map(([key, { name }]) => [key, name])).toEqual(
      PRESET_NAMES.map((name) => [name, name]),
    )
  })

  it('has a validator, unless the consumer is an API of your own', () => {
    expect([...CONSUMERS, 'google-clients'].toSorted()).toEqual([...PRESET_NAMES].toSorted())
  })
})

describe.each(CONSUMERS)('a token for %s', (consumer) => {
  const preset: Preset = PRESETS[consumer]

  it('OUT-01 OUT-02 is accepted, with one audience', async () => {
    const { token, verdict, reason } = await issueFor(consumer)
    expect(reason).toBeUndefined()
    expect(verdict).toMatchObject({ isAccepted: true })
    const { iat = 0, exp = 0, aud, ...claims } = decodeJwt(token ?? '')
    expect(aud).toBe(CONFIGURED[consumer].audience)
    expect(Object.keys({ ...claims, aud, iat, exp })).toEqual(
      expect.arrayContaining([...preset.requiredClaims]),
    )
    expect(exp - iat).toBe(600)
    expect(decodeProtectedHeader(token ?? '')).toMatchObject({
      alg: preset.algorithms.includes('ES256') ? 'ES256' : 'RS256',
      typ: preset.typs[0],
    })
  })

  it.each(preset.algorithms.filter((name) => name === 'ES256' || name === 'RS256'))(
    'is accepted with %s',
    async (algorithm) => {
      const { token, verdict } = await issueFor(consumer, {}, { resource: { algorithm } })
      expect(decodeProtectedHeader(token ?? '').alg).toBe(algorithm)
      expect(verdict).toMatchObject({ isAccepted: true })
    },
  )

  it('is refused if it was issued for another audience', async () => {
    const resource = { audience: 'other' }
    const { token, verdict } = await issueFor(consumer, {}, { resource })
    expect(token).toBeDefined()
    expect(verdict).toMatchObject({ isAccepted: false })
  })
})

/** What a consumer refuses, if the resource has no preset that prevents it. */
const HOSTILE: readonly (readonly [
  consumer: Consumer,
  what: string,
  claims: Readonly<Record<string, unknown>>,
  change: Change,
  reason: RegExp,
])[] = [
  ['google', 'a subject of 128 bytes', { environment: 'e'.repeat(111) }, {}, /127 bytes/],
  [
    'aws',
    'a subject of 5 characters',
    { environment: 'short' },
    { grant: { subject: '{environment}' } },
    /6 to 255/,
  ],
  [
    'kubernetes',
    'a user of the system',
    { environment: 'system' },
    { grant: { subject: '{environment}:{run_id}' } },
    /reserved system: prefix/,
  ],
  ['entra', 'ES256', {}, { resource: { algorithm: 'ES256' } }, /alg/],
  ['snowflake', 'ES256', {}, { resource: { algorithm: 'ES256' } }, /alg/],
  ['aws', 'Ed25519', {}, { resource: { algorithm: 'Ed25519' } }, /alg/],
  ['google', 'Ed25519', {}, { resource: { algorithm: 'Ed25519' } }, /alg/],
  ['vault', 'Ed25519', {}, { resource: { algorithm: 'Ed25519' } }, /alg/],
  ['kubernetes', 'Ed25519', {}, { resource: { algorithm: 'Ed25519' } }, /alg/],
  ['databricks', 'Ed25519', {}, { resource: { algorithm: 'Ed25519' } }, /alg/],
  ['spiffe', 'Ed25519', {}, { resource: { algorithm: 'Ed25519' } }, /alg/],
  ['spiffe', 'the type of access tokens', {}, { resource: { typ: 'at+jwt' } }, /JWT or JOSE/],
  [
    'spiffe',
    'a subject without a scheme',
    {},
    { resource: { typ: 'JWT' }, grant: { subject: 'a:{run_id}' } },
    /scheme/,
  ],
  ['fulcio', 'a subject that is no URI', {}, { grant: { subject: 'a{run_id}' } }, /no URI/],
  ['aws', '51 tags', {}, { grant: { claims: tagsOf(numbered(51)) } }, /more than 50/],
  [
    'aws',
    'a key of 129 characters',
    {},
    { grant: { claims: tagsOf({ ['k'.repeat(129)]: ['v'] }) } },
    /1 to 128/,
  ],
  ['aws', 'two values', {}, { grant: { claims: tagsOf({ Team: ['a', 'b'] }) } }, /one value/],
  ['aws', 'a reserved key', {}, { grant: { claims: tagsOf({ 'aws:x': ['v'] }) } }, /aws:/],
  [
    'aws',
    'keys that differ in case',
    {},
    { grant: { claims: tagsOf({ Team: ['a'], team: ['b'] }) } },
    /duplicate/,
  ],
  [
    'aws',
    'a transitive key without a tag',
    {},
    { grant: { claims: tagsOf({ Team: ['a'] }, ['Other']) } },
    /transitive/,
  ],
  [
    'aws',
    'a character in a tag',
    { environment: 'prod (eu)' },
    { grant: { claims: tagsOf({ Environment: ['{environment}'] }) } },
    /characters/,
  ],
]

describe('what a consumer refuses', () => {
  it.each(HOSTILE)('MAP-06 %s: %s is issued only without a preset', async (...row) => {
    const [consumer, , claims, change, reason] = row
    const { audience, uri } = CONFIGURED[consumer]
    const hasUri = PRESETS[consumer].subject.form === 'uri' && change.grant === undefined
    const resource = {
      ...change.resource,
      for: undefined,
      ...(audience === uri ? {} : { audience }),
      ...(hasUri ? { subject: 'uri' } : {}),
    }
    const { token, verdict } = await issueFor(consumer, claims, { ...change, resource })
    expect(token).toBeDefined()
    expect(verdict).toMatchObject({ isAccepted: false, reason: expect.stringMatching(reason) })
  })

  it.each(HOSTILE)('MAP-06 %s: %s is refused with its preset', async (...row) => {
    const [consumer, , claims, change] = row
    const issued = await issueFor(consumer, claims, change).catch((error: Error) => error)
    if (issued instanceof Error) {
      expect(issued.message).toMatch(/"code":"(?:preset_contradicted|template_invalid)"/)
    } else {
      expect([issued.token, issued.reason]).toEqual([undefined, 'template_unrenderable'])
    }
  })
})

describe('the requirements of clouds', () => {
  it('FD-07 signs with RS256 for Entra beside ES256 for AWS and Google', async () => {
    const algorithms = await Promise.all(
      (['entra', 'aws', 'google'] as const).map(async (consumer) => {
        const { token } = await issueFor(consumer)
        return decodeProtectedHeader(token ?? '').alg
      }),
    )
    expect(algorithms).toEqual(['RS256', 'ES256', 'ES256'])
  })

  it('FD-02 FD-06 signs with RS256 if the gateway has no ES256 key', async () => {
    for (const consumer of ['aws', 'google'] as const) {
      const { token, verdict } = await issueFor(consumer, {}, {}, ['RS256', 'Ed25519'])
      expect(decodeProtectedHeader(token ?? '').alg).toBe('RS256')
      expect(verdict).toMatchObject({ isAccepted: true })
    }
  })

  it('FD-07 issues nothing for Entra without an RS256 key', async () => {
    const { token, status } = await issueFor('entra', {}, {}, ['ES256', 'Ed25519'])
    expect([token, status]).toEqual([undefined, 503])
  })

  it('FD-08 keeps the case of the subject that Entra compares', async () => {
    const { token } = await issueFor('entra', { environment: 'Prod' })
    expect(decodeJwt(token ?? '')).toMatchObject({
      sub: 'github:456789012:Prod',
      aud: 'api://AzureADTokenExchange',
    })
  })

  it('FD-05 keeps the subject of Google within 127 bytes without a template', async () => {
    const grant = { subject: undefined }
    const sub = `repo:acme/api:ref:refs/heads/${'b'.repeat(120)}`
    const { token, verdict } = await issueFor('google', { sub }, { grant })
    expect(verdict).toMatchObject({ isAccepted: true })
    expect(decodeJwt(token ?? '').sub).toMatch(/^github:sha256:[0-9a-f]{64}$/)
  })
})

function numbered(count: number): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`Tag${index}`, ['v']]))
}

function tagsOf(tags: Readonly<Record<string, unknown>>, transitive?: readonly string[]) {
  const keys = transitive === undefined ? {} : { transitive_tag_keys: transitive }
  return { 'https://aws.amazon.com/tags': { principal_tags: tags, ...keys } }
}
