import { createHash, randomBytes } from 'node:crypto'
import { decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import { type Issuance, type IssuedToken, issue } from '../../../src/core/issue/issue.ts'
import { type KeyRing, publishedKeys } from '../../../src/core/issue/keyring.ts'
import { Unavailable } from '../../../src/core/ports.ts'
import { sealIdentity } from '../../../src/core/subject/identity.ts'
import { compileTemplate, type Template } from '../../../src/core/template.ts'
import { API, AT, GATEWAY, makeRing } from '../../support/own-tokens.ts'

const CLAIMS = {
  sub: 'repo:acme/api',
  repository_id: '42',
  act: { sub: 'evil' },
  may_act: { sub: 'evil' },
  scope: 'admin',
  list: ['a'],
}
let ring: KeyRing

beforeAll(async () => {
  ring = await makeRing('ES256', 'RS256')
})

function identityOf(change: { readonly subject?: string; readonly tokenId?: string } = {}) {
  return sealIdentity({
    issuer: 'https://issuer.example.com',
    subject: CLAIMS.sub,
    tokenId: 'subject-1',
    expiresAt: AT + 5,
    claims: CLAIMS,
    ...change,
  })
}

function template(source: string, target: 'subject' | 'claim' = 'claim'): Template {
  const compiled = compileTemplate(source, (claim) => [claim], target)
  if (typeof compiled === 'string') throw new Error(compiled)
  return compiled
}

function tryIssue(change: Partial<Issuance> = {}, keyRing: KeyRing = ring) {
  const issuance: Issuance = {
    gatewayIssuer: GATEWAY,
    identity: identityOf(),
    issuerName: 'github',
    rule: 'deploy',
    resource: API,
    algorithm: undefined,
    typ: 'at+jwt',
    scopes: ['read', 'write'],
    lifetimeSeconds: 300,
    subject: undefined,
    claims: [],
    revision: 7,
    issuedAt: AT,
    ...change,
  }
  const sha256 = async (text: string) => createHash('sha256').update(text).digest('hex')
  return issue(issuance, { keyRing, randomBytes: (length) => randomBytes(length), sha256 })
}

async function issued(change: Partial<Issuance> = {}): Promise<IssuedToken> {
  const result = await tryIssue(change)
  if (!result.ok) throw new Error(result.denial.reason)
  return result.value
}

async function denialOf(change: Partial<Issuance>) {
  const result = await tryIssue(change)
  return result.ok ? undefined : result.denial
}

describe('an issued token', () => {
  it('IT-04 IT-07 IT-12 says who, for whom, what, how long and where from', async () => {
    const { token, tokenId } = await issued()
    expect(decodeJwt(token)).toEqual({
      iss: GATEWAY,
      sub: 'github:repo:acme/api',
      aud: API,
      iat: AT,
      exp: AT + 300,
      jti: tokenId,
      client_id: 'deploy',
      scope: 'read write',
      origin: { iss: 'https://issuer.example.com', sub: 'repo:acme/api', jti: 'subject-1' },
      rev: 7,
    })
  })

  it('IT-01 IT-20 is at+jwt under one published key, and verifies with that', async () => {
    const { token, keyId } = await issued()
    const published = publishedKeys(ring, AT, 3600).filter(({ kid }) => kid === keyId)
    expect(published).toHaveLength(1)
    expect(decodeProtectedHeader(token)).toEqual({ typ: 'at+jwt', alg: 'ES256', kid: keyId })
    const currentDate = new Date(AT * 1000)
    await expect(jwtVerify(token, published[0] ?? {}, { currentDate })).resolves.toBeDefined()
  })

  it('IT-01 is a plain JWT where the resource asks for that', async () => {
    const { token } = await issued({ typ: 'JWT' })
    expect(decodeProtectedHeader(token)).toMatchObject({ typ: 'JWT', alg: 'ES256' })
  })

  it('is described by what comes with it', async () => {
    const { token, ...facts } = await issued()
    const { jti, scope, exp } = decodeJwt(token)
    const { kid } = decodeProtectedHeader(token)
    const expected = { tokenId: jti, keyId: kid, scope, expiresAt: exp, lifetimeSeconds: 300 }
    expect(facts).toEqual(expected)
  })

  it('IT-06 has an id of 128 random bits', async () => {
    const ids = new Set<string>()
    for (let count = 0; count < 50; count += 1) ids.add((await issued()).tokenId)
    expect(ids.size).toBe(50)
    for (const id of ids) expect(Buffer.from(id, 'base64url')).toHaveLength(16)
  })

  it('EXC-08 IT-19 takes nothing from the subject token unasked', async () => {
    const claims = decodeJwt((await issued()).token)
    expect(claims).not.toHaveProperty('act')
    expect(claims).not.toHaveProperty('may_act')
    expect(claims).not.toHaveProperty('repository_id')
    expect(claims.scope).toBe('read write')
  })

  it('says nothing of a subject token id when there was none', async () => {
    const identity = sealIdentity({ ...identityOf(), tokenId: undefined })
    const { origin } = decodeJwt((await issued({ identity })).token)
    expect(origin).toEqual({ iss: 'https://issuer.example.com', sub: 'repo:acme/api' })
  })

  it('MAP-02 keeps its own claims, whatever a rule calls its templates', async () => {
    const names = ['iss', 'sub', 'aud', 'exp', 'iat', 'jti', 'client_id', 'scope', 'origin', 'rev']
    const claims = names.map((name) => ({ name, template: template('evil') }))
    expect(JSON.stringify(decodeJwt((await issued({ claims })).token))).not.toContain('evil')
  })
})

describe('the subject of an issued token', () => {
  it('IT-13 begins with the name of the issuer', async () => {
    const subjectOf = async (issuerName: string, subject: string) => {
      const identity = identityOf({ subject })
      return decodeJwt((await issued({ issuerName, identity })).token).sub
    }
    expect(await subjectOf('github', 'x')).toBe('github:x')
    expect(await subjectOf('gitlab', 'x')).toBe('gitlab:x')
  })

  it('is what the template of the rule says', async () => {
    const { token } = await issued({ subject: template('repo:{repository_id}', 'subject') })
    expect(decodeJwt(token).sub).toBe('repo:42')
  })

  it.each(['{absent}', '{list}', '{act}'])('MAP-03 refuses the template %s', async (source) => {
    const denial = await denialOf({ subject: template(source, 'subject') })
    expect(denial).toEqual({ reason: 'template_unrenderable', at: 'subject' })
  })

  it('MAP-06 has at most 255 bytes, the name of the issuer included', async () => {
    const ofLength = (length: number) => ({ identity: identityOf({ subject: 'x'.repeat(length) }) })
    expect(decodeJwt((await issued(ofLength(248))).token).sub).toHaveLength(255)
    const expected = { reason: 'template_unrenderable', at: 'subject' }
    expect(await denialOf(ofLength(249))).toEqual(expected)
    expect(await denialOf({ identity: identityOf({ subject: 'ü'.repeat(125) }) })).toEqual(expected)
  })
})

describe('the claims of a rule', () => {
  it('stand beside ours', async () => {
    const claims = [
      { name: 'repository', template: template('{repository_id}') },
      { name: 'team', template: template('platform') },
    ]
    const { token } = await issued({ claims })
    expect(decodeJwt(token)).toMatchObject({ repository: '42', team: 'platform' })
  })

  it('MAP-03 refuse the exchange when one cannot be rendered, and name it', async () => {
    const claims = [
      { name: 'repository', template: template('{repository_id}') },
      { name: 'team', template: template('{absent}') },
    ]
    expect(await denialOf({ claims })).toEqual({ reason: 'template_unrenderable', at: 'team' })
  })
})

describe('the signing key', () => {
  it('C-3 IT-03 is of the algorithm that the resource asks for', async () => {
    const { token } = await issued({ algorithm: 'RS256' })
    expect(decodeProtectedHeader(token).alg).toBe('RS256')
  })

  it('that is missing is an outage, not a denial, and no other is taken', async () => {
    for (const [algorithm, keyRing] of [
      ['PS256', ring],
      [undefined, { keys: [] }],
    ] as const) {
      const attempt = tryIssue({ algorithm }, keyRing)
      await expect(attempt).rejects.toThrow(Unavailable)
      await expect(attempt).rejects.toMatchObject({ part: 'signing_key' })
    }
  })
})
