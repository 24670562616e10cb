/** LINT-37 for `iss` and `aud`, which verification compares before the rules. */
import { describe, expect, it } from 'vitest'
import { documentOf, findingsOf } from '../support/documents.ts'

const GITHUB = 'https://token.actions.githubusercontent.com'
type Json = Readonly<Record<string, unknown>>

const NAMED = { audience: 'https://sts.example.org' }

function messagesOf(when: Json, issuer: Json = {}, rule: Json = {}) {
  return findingsOf(documentOf('github', { when, issuer, rule })).flatMap((one) => {
    if (typeof one === 'string') throw new Error(one)
    return one.lint === 'LINT-37' ? [one.message] : []
  })
}

const TRUST_DOMAIN = { trust_domain: 'acme.dev' }

function spiffeMessagesOf(sub: unknown, issuer: Json = TRUST_DOMAIN, rule: Json = {}) {
  return findingsOf(documentOf('spiffe', { when: { sub }, issuer, rule })).flatMap((one) => {
    if (typeof one === 'string') throw new Error(one)
    return one.lint === 'LINT-37' ? [one.message] : []
  })
}

describe('LINT-37 of a SPIFFE ID', () => {
  it.each([
    'spiffe://example.org/ns/prod/sa/deploy',
    'spiffe://acme.de/ns/prod',
    'spiffe://acme.dev.example.org/ns/prod',
    { glob: 'spiffe://acme.developers/*' },
  ])('of another trust domain than that of the issuer: %j', (sub) => {
    expect(spiffeMessagesOf(sub)).toEqual([
      expect.stringContaining(
        "never occurs as sub: the issuer's entry accepts only IDs of acme.dev",
      ),
    ])
  })

  it.each([
    'spiffe://acme.dev/ns/prod',
    { glob: 'spiffe://acme.dev/**' },
    { glob: 'spiffe://acme.*/ns' },
    { glob: 'spiffe://**' },
  ])('accepts %j', (sub) => {
    expect(spiffeMessagesOf(sub)).toEqual([])
  })

  it('accepts every trust domain of an issuer without one', () => {
    expect(spiffeMessagesOf('spiffe://example.org/ns', {})).toEqual([])
  })

  it('reports it in an expression', () => {
    const rule = { condition: 'claims.sub.startsWith("spiffe://example.org/")' }
    expect(spiffeMessagesOf({ glob: 'spiffe://**' }, TRUST_DOMAIN, rule)).toEqual([
      expect.stringContaining("the issuer's entry accepts only IDs of acme.dev"),
    ])
  })

  it.each(['spiffe://acme.dev/ns/../prod', 'spiffe://acme.dev/./ns', 'spiffe://acme.dev/ns/..'])(
    'reports dot segments, which no SPIFFE ID has: %s',
    (sub) => {
      expect(spiffeMessagesOf(sub)).toEqual([
        expect.stringContaining('the platform sends a SPIFFE ID'),
      ])
    },
  )

  it.each(['spiffe://acme.dev/...', 'spiffe://acme.dev/.ns', 'spiffe://acme.dev/ns..'])(
    'accepts dots in a segment: %s',
    (sub) => {
      expect(spiffeMessagesOf(sub)).toEqual([])
    },
  )
})

describe('LINT-37 of a claim that verification compares', () => {
  it.each([
    [{ iss: 'https://github.com' }, {}, `tokens of this issuer have ${GITHUB}`],
    [{ iss: { glob: 'https://github.com/**' } }, {}, `tokens of this issuer have ${GITHUB}`],
    [{ aud: 'sts.amazonaws.com' }, {}, "the issuer's entry accepts only the URL of the gateway"],
    [
      { aud: 'https://sts.example.com' },
      NAMED,
      "the issuer's entry accepts only https://sts.example.org",
    ],
    [
      { aud: { contains: 'sts.amazonaws.com' } },
      NAMED,
      "the issuer's entry accepts only https://sts.example.org",
    ],
  ])('reports %j', (when, issuer, reason) => {
    expect(messagesOf(when, issuer)).toEqual([expect.stringContaining(` never occurs as `)])
    expect(messagesOf(when, issuer)).toEqual([expect.stringContaining(`: ${reason}`)])
  })

  it('reports it in an expression', () => {
    const rule = { condition: 'claims.aud == "sts.amazonaws.com"' }
    expect(messagesOf({}, {}, rule)).toEqual([
      `"sts.amazonaws.com" never occurs as aud: the issuer's entry accepts only the URL of the gateway`,
    ])
  })

  it.each([
    [{ iss: GITHUB }, {}],
    [{ iss: { glob: 'https://token.actions.*' } }, {}],
    [{ aud: NAMED.audience }, NAMED],
    [{ aud: { glob: 'https://sts.example.*' } }, NAMED],
    // The URL of the gateway is not always known to lint.
    [{ aud: 'https://sts.example.net' }, {}],
    [{ aud: { glob: '*sts*' } }, {}],
  ])('accepts %j', (when, issuer) => {
    expect(messagesOf(when, issuer)).toEqual([])
  })
})
