import { describe, expect, it } from 'vitest'
import { compileTemplate } from '../../../../src/core/policy/language/template.ts'
import { renderText } from '../../support/render.ts'

const SPIFFE = 'spiffe://acme.dev/ns/{ns}/sa/{sa}'

const render = (source: string, claims: Readonly<Record<string, unknown>>) =>
  renderText(source, claims, { target: 'uri' })

function faultOf(source: string): string | undefined {
  const find = (claim: string) => ({ path: [claim], type: 'string' }) as const
  const template = compileTemplate(source, find, 'uri')
  return typeof template === 'string' ? template : undefined
}

describe('a URI template', () => {
  it.each([
    [SPIFFE, { ns: 'prod', sa: 'api_1.x-y' }, 'spiffe://acme.dev/ns/prod/sa/api_1.x-y'],
    ['spiffe://acme.dev/{ns}', { ns: '...' }, 'spiffe://acme.dev/...'],
    ['spiffe://acme.dev/x-{ns|sha256}', { ns: 'a/b' }, /^spiffe:\/\/acme\.dev\/x-[0-9a-f]{64}$/],
    ['https://acme.dev:8443/ci/{r}', { r: 'a/b' }, 'https://acme.dev:8443/ci/a%2Fb'],
    ['https://acme.dev/{r}@{ref}', { r: 'a@b', ref: 'x y' }, 'https://acme.dev/a%40b@x%20y'],
    ['urn:acme:{r}:{ref}', { r: 'a:b', ref: "é!'()*" }, 'urn:acme:a%3Ab:%C3%A9%21%27%28%29%2A'],
    ['https://acme.dev/{r}/', { r: '%2F' }, 'https://acme.dev/%252F/'],
    ['api:{r}', { r: '//evil' }, 'api:%2F%2Fevil'],
    ['https://acme.dev', {}, 'https://acme.dev'],
  ])('renders %s', (source, claims, expected) => {
    const rendered = render(source, claims)
    if (typeof rendered !== 'string') throw new Error(JSON.stringify(rendered))
    expect(rendered).toMatch(expected)
    expect(URL.canParse(rendered)).toBe(true)
  })

  it.each([
    ['a slash in a SPIFFE ID', SPIFFE, { ns: 'a/b', sa: 'x' }, 'ns', 'unusable'],
    ['an escape in a SPIFFE ID', SPIFFE, { ns: 'a', sa: 'x%2Fy' }, 'sa', 'unusable'],
    ['a tilde in a SPIFFE ID', SPIFFE, { ns: '~', sa: 'x' }, 'ns', 'unusable'],
    ['a letter beyond ASCII', SPIFFE, { ns: 'é', sa: 'x' }, 'ns', 'unusable'],
    ['a line break', SPIFFE, { ns: 'a\n', sa: 'x' }, 'ns', 'unreadable'],
    ['an absent claim', SPIFFE, { ns: 'a' }, 'sa', 'absent'],
    ['an empty claim', SPIFFE, { ns: '', sa: 'x' }, 'ns', 'absent'],
    ['a number', SPIFFE, { ns: 5, sa: 'x' }, 'ns', 'unusable'],
    ['a boolean', 'urn:acme:{r}', { r: true }, 'r', 'unusable'],
    ['a segment ..', SPIFFE, { ns: '..', sa: 'x' }, undefined, 'unusable'],
    ['a last segment .', SPIFFE, { ns: 'x', sa: '.' }, undefined, 'unusable'],
    ['a segment .. of two parts', 'https://acme.dev/.{r}/x', { r: '.' }, undefined, 'unusable'],
  ])('MAP-05 refuses %s', (_, source, claims, claim, cause) => {
    expect(render(source, claims)).toEqual({ ...(claim === undefined ? {} : { claim }), cause })
  })

  it('MAP-05 hashes a value of any type, and marks another type than the usual one', () => {
    const hashes = ['5', 5, 'true', true, 'a/b'].map((r) => render('urn:acme:{r|sha256}', { r }))
    expect(hashes.every((one) => /^urn:acme:[0-9a-f]{64}$/.test(String(one)))).toBe(true)
    expect(new Set(hashes).size).toBe(5)
  })

  it('MAP-06 is limited to 255 bytes, and a SPIFFE ID to 2048', () => {
    const at = 'https://acme.dev/'
    expect(render(`${at}{r}`, { r: 'x'.repeat(255 - at.length) })).toHaveLength(255)
    expect(render(`${at}{r}`, { r: 'x'.repeat(256 - at.length) })).toMatchObject({ length: 256 })
    const id = 'spiffe://acme.dev/'
    expect(render(`${id}{r}`, { r: 'x'.repeat(2048 - id.length) })).toHaveLength(2048)
    const limit = { cause: 'result_too_long', length: 2049, limit: 2048 }
    expect(render(`${id}{r}`, { r: 'x'.repeat(2049 - id.length) })).toMatchObject(limit)
  })

  it.each([
    ['a claim as the scheme', '{a}://acme.dev/x'],
    ['a claim in the scheme', 'spiff{a}://acme.dev/x'],
    ['no scheme', 'acme/{a}'],
    ['a scheme in capitals', 'HTTPS://acme.dev/{a}'],
    ['a claim as the host', 'https://{a}/x'],
    ['a claim in the host', 'https://acme.{a}/x'],
    ['a claim after the host', 'https://acme.dev{a}/x'],
    ['a claim as the port', 'https://acme.dev:{a}/x'],
    ['a host in capitals', 'https://ACME.dev/{a}'],
    ['user information', 'https://me@acme.dev/{a}'],
    ['no host', 'https:///{a}'],
    ['a claim as the namespace of a URN', 'urn:{a}:x'],
    ['a claim as the trust domain', 'spiffe://{a}/x'],
    ['a claim in the trust domain', 'spiffe://acme{a}/x'],
    ['a trust domain in capitals', 'spiffe://Acme.dev/{a}'],
    ['a trust domain with a port', 'spiffe://acme.dev:443/{a}'],
    ['no trust domain', 'spiffe:///{a}'],
    ['no path after the trust domain', 'spiffe://acme.dev'],
  ])('is refused with %s', (_, source) => {
    const fault = /^must begin with .* before any claim$/
    expect(faultOf(source)).toEqual(expect.stringMatching(fault))
  })

  it.each([
    ['an empty path', 'spiffe://acme.dev/', /empty path segment/],
    ['a slash at the end of a SPIFFE ID', 'spiffe://acme.dev/{a}/', /empty path segment/],
    ['an empty segment', 'spiffe://acme.dev//{a}', /empty path segment/],
    ['an empty segment in a URI', 'https://acme.dev/x//{a}', /empty path segment/],
    ['a dot segment', 'spiffe://acme.dev/x/../{a}', /path segment "\." or "\.\."/],
    ['a last dot segment', 'https://acme.dev/{a}/.', /path segment "\." or "\.\."/],
    [
      'an escape',
      'https://acme.dev/%41/{a}',
      /a character that is not allowed in the path of a URI/,
    ],
    ['a query', 'https://acme.dev/x?a={a}', /not allowed in the path of a URI/],
    ['a fragment', 'https://acme.dev/x#{a}', /not allowed in the path of a URI/],
    ['a space', 'https://acme.dev/x y', /not allowed in the path of a URI/],
    ['a colon in a SPIFFE ID', 'spiffe://acme.dev/a:b', /not allowed in the path of a SPIFFE ID/],
    ['two adjacent values', 'spiffe://acme.dev/{a}{b}', /needs a separator/],
    ['a hyphen between two values', 'spiffe://acme.dev/{a}-{b}', /needs a separator such as "\/"/],
    ['a letter between two values', 'https://acme.dev/{a}x{b}', /needs a separator/],
    ['a tilde between two values', 'https://acme.dev/{a}~{b}', /needs a separator such as "\/"/],
  ])('is refused with %s', (_, source, fault) =>
    expect(faultOf(source)).toEqual(expect.stringMatching(fault)),
  )
})
