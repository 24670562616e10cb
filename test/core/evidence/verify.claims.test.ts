import { beforeAll, describe, expect, it } from 'vitest'
import { peek } from '../../../src/core/evidence/peek.ts'
import { verify } from '../../../src/core/evidence/verify.ts'
import { genericOidc } from '../../../src/core/providers/generic-oidc.ts'
import { githubActions } from '../../../src/core/providers/github-actions.ts'
import { kubernetes } from '../../../src/core/providers/kubernetes.ts'
import { createSignatureVerifier } from '../../../src/web/signature.ts'
import {
  AT,
  AUDIENCE,
  CLAIMS,
  createSigner,
  ISSUER,
  type Json,
  judge,
  type Signer,
} from './support/tokens.ts'

let signer: Signer

beforeAll(async () => {
  signer = await createSigner('ES256')
})

const judged = async (claims: Json, profile = genericOidc) =>
  judge(await signer.sign(claims), signer.publicKey, { profile })

describe('a verified identity', () => {
  it('contains the verified claims and is frozen', async () => {
    const peeked = peek(await signer.sign({ jti: '', team: 'a' }))
    if (!peeked.ok) throw new Error(peeked.error.reason)
    const issuer = {
      url: ISSUER,
      audience: AUDIENCE,
      profile: genericOidc,
      accepts: [],
      trustDomain: undefined,
    }
    const result = await verify({
      token: peeked.value,
      issuer,
      presentation: 'jwt',
      gatewayIssuer: AUDIENCE,
      key: signer.publicKey,
      receivedAt: AT,
      verifySignature: createSignatureVerifier(),
    })
    if (!result.ok) throw new Error(result.error.reason)
    expect(result.value).toEqual({
      issuer: ISSUER,
      subject: 'job:1',
      tokenId: undefined,
      expiresAt: CLAIMS.exp,
      claims: { ...CLAIMS, jti: '', team: 'a' },
    })
    expect(Object.isFrozen(result.value)).toBe(true)
  })
})

describe('the subject', () => {
  const rows: readonly (readonly [string, unknown, string])[] = [
    ['empty', '', 'claim_missing: sub'],
    ['absent', undefined, 'claim_missing: sub'],
    ['null', null, 'claim_missing: sub'],
    ['a number', 1, 'claim_missing: sub'],
    ['a list', ['job:1'], 'claim_missing: sub'],
    ['2,048 characters', 'x'.repeat(2048), 'accepted'],
    ['2,049 characters', 'x'.repeat(2049), 'claim_invalid: sub'],
    ['a text with NUL', 'a\0b', 'claim_invalid: sub'],
    ['a text with a line break', 'a\nb', 'claim_invalid: sub'],
    ['a text with DEL', 'a\x7fb', 'claim_invalid: sub'],
    ['a text with a C1 control', 'a\x85b', 'claim_invalid: sub'],
    ['a text with a line separator', 'a\u2028b', 'claim_invalid: sub'],
  ]
  it.each(rows)('AV-25 CLM-11 that is %s', async (_, sub, expected) => {
    expect(await judged({ sub })).toBe(expected)
  })

  it('TOK-15 CLM-11 with a lone surrogate is invalid', async () => {
    const claims = JSON.stringify(CLAIMS).replace('job:1', 'job:\\ud800')
    expect(await judged(claims)).toBe('claim_invalid: sub')
  })

  it('TOK-09 that is repeated, plainly or by escape, is refused', async () => {
    const text = JSON.stringify(CLAIMS)
    expect(await judged(text.replace('{', '{"sub":"evil",'))).toBe('token_malformed')
    expect(await judged(text.replace('{', '{"s\\u0075b":"evil",'))).toBe('token_malformed')
  })
})

describe('the token id', () => {
  it.each([[1], [null], [['a']], ['a\nb'], ['x'.repeat(2049)]])('is not %j', async (jti) => {
    expect(await judged({ jti })).toBe('claim_invalid: jti')
  })

  it('may be absent', async () => expect(await judged({ jti: undefined })).toBe('accepted'))
})

describe('a token that is bound to a key', () => {
  it.each([[{ jkt: 'x' }], [{ 'x5t#S256': 'x' }], [{}], [null], ['x']])(
    'EXC-09 is refused without a proof: cnf is %j',
    async (cnf) => expect(await judged({ cnf })).toBe('token_bound'),
  )
})

describe('the claims that every token of a provider has', () => {
  const job = { repository_id: '1', repository_owner_id: '2' }

  it.each(['repository_id', 'repository_owner_id'])('include %s on GitHub', async (name) => {
    expect(await judged(job, githubActions)).toBe('accepted')
    for (const value of [undefined, null, '']) {
      expect(await judged({ ...job, [name]: value }, githubActions)).toBe(`claim_missing: ${name}`)
    }
  })

  it('CLM-12 do not include inherited names', async () => {
    const claims = { ...CLAIMS, ...job, repository_id: undefined }
    const text = JSON.stringify(claims).replace('{', '{"__proto__":{"repository_id":"1"},')
    expect(await judged(text, githubActions)).toBe('claim_missing: repository_id')
  })
})

describe('the subject of a Kubernetes service account', () => {
  const account = (namespace: unknown, name: unknown) => ({
    'kubernetes.io': { namespace, serviceaccount: { name } },
  })
  const rows: readonly (readonly [string, string, object, string])[] = [
    ['equal claims', 'system:serviceaccount:prod:api', account('prod', 'api'), 'accepted'],
    [
      'another name',
      'system:serviceaccount:prod:api',
      account('prod', 'web'),
      'claim_invalid: sub',
    ],
    [
      'another namespace',
      'system:serviceaccount:prod:api',
      account('x', 'api'),
      'claim_invalid: sub',
    ],
    ['another kind', 'system:node:prod:api', account('prod', 'api'), 'claim_invalid: sub'],
    ['a list', 'system:serviceaccount:prod:api', account(['prod'], 'api'), 'claim_invalid: sub'],
    [
      'no namespace',
      'system:serviceaccount:prod:api',
      account(undefined, 'api'),
      'claim_missing: kubernetes.io.namespace',
    ],
    ['nothing', 'system:serviceaccount:prod:api', {}, 'claim_missing: kubernetes.io'],
  ]
  it.each(rows)('K8-03 must equal its other claims: %s', async (_, sub, claims, expected) => {
    expect(await judged({ sub, ...claims }, kubernetes)).toBe(expected)
  })
})

describe('a token of a Kubernetes service account', () => {
  it.each([
    ['exp', 'claim_missing: exp'],
    ['aud', 'audience_mismatch'],
  ])('K8-01 is bound to a time and an audience: without %s', async (claim, expected) => {
    const account = { namespace: 'prod', serviceaccount: { name: 'api' } }
    const claims = { sub: 'system:serviceaccount:prod:api', 'kubernetes.io': account }
    expect(await judged(claims, kubernetes)).toBe('accepted')
    expect(await judged({ ...claims, [claim]: undefined }, kubernetes)).toBe(expected)
  })
})
