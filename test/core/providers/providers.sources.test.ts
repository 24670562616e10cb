import { describe, expect, it } from 'vitest'
import { MAX_SUBJECT_TOKEN_LIFETIME_SECONDS } from '../../../src/core/limits.ts'
import { findProvider, listProviders } from '../../../src/core/providers/index.ts'
import {
  FACTS,
  listUnconfirmed,
  type ProviderReference,
} from '../../../src/core/providers/reference.ts'
import {
  describeClaim,
  findReference,
  listReferences,
} from '../../../src/core/providers/references.ts'

const REPOSITORY_PATH = /^[\w.-]+\/[\w.-]+: [\w./-]+$/
function referenceOf(id: string): ProviderReference {
  const reference = findReference(id)
  if (reference === undefined) throw new Error(`no reference data of ${id}`)
  return reference
}

const KEY_HOST = /^(?:\*\.)?(?:[a-z0-9-]+\.)+[a-z]+$/

describe('the facts of a provider', () => {
  it('are listed for every provider, and for no other id', () => {
    expect(listReferences().toSorted()).toEqual(listProviders().toSorted())
  })

  it.each(listProviders())('%s: each has a source or is listed as unconfirmed', (id) => {
    const reference = referenceOf(id)
    const { sources, keySet, discovery } = reference
    expect(Object.keys(sources).every((fact) => FACTS.some((known) => known === fact))).toBe(true)
    for (const fact of FACTS) {
      const source = sources[fact]
      expect(listUnconfirmed(reference).includes(fact), fact).toBe(source === undefined)
      if (source?.startsWith('https://')) expect(new URL(source).href, fact).toBe(source)
      else if (source !== undefined) expect(source, fact).toMatch(REPOSITORY_PATH)
    }
    for (const place of [keySet, discovery]) {
      if (typeof place !== 'string') continue
      expect(URL.canParse(place.replace('{issuer}', 'https://issuer.example')), place).toBe(true)
    }
  })

  it.each(listProviders())('%s: a key set elsewhere is on one of its key hosts', (id) => {
    const hosts = findProvider(id)?.keyHosts ?? []
    for (const host of hosts) expect(host).toMatch(KEY_HOST)
    const { keySet } = referenceOf(id)
    if (keySet === null || keySet.startsWith('{issuer}')) return
    const { issuer } = findProvider(id) ?? {}
    const own = new URL(issuer?.kind === 'fixed' ? issuer.url : (issuer?.example ?? '')).host
    expect([own, ...hosts]).toContain(new URL(keySet).host)
  })
})

describe('the reference data of a provider', () => {
  it.each(listProviders())('%s: has a contact for changes of the claims', (id) => {
    const { contact } = referenceOf(id)
    expect(new URL(contact).href).toBe(contact)
    expect(new URL(contact).protocol).toBe('https:')
  })

  it.each(listProviders())('%s: describes each claim of the profile, and no other', (id) => {
    const paths = findProvider(id)?.claims?.map(({ path }) => path) ?? []
    expect(paths.filter((path) => describeClaim(id, path) === '')).toEqual([])
    const known = paths.map((path) => path.join('.'))
    expect(Object.keys(referenceOf(id).claims).filter((name) => !known.includes(name))).toEqual([])
  })
})

describe('key hosts', () => {
  it('are listed if the keys are on a different host from the issuer', () => {
    const named = listProviders().filter((id) => findProvider(id)?.keyHosts !== undefined)
    expect(named).toEqual(['google-service-account', 'entra-id'])
    expect(findProvider('google-service-account')?.keyHosts).toEqual(['www.googleapis.com'])
    expect(findProvider('entra-id')?.keyHosts).toContain('login.microsoftonline.com')
  })
})

describe('the algorithms of a provider', () => {
  const RS_ES = ['RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512']
  it.each([
    ['vault-identity', [...RS_ES, 'EdDSA']],
    ['jenkins', RS_ES],
    ['kubernetes', ['RS256', 'ES256', 'ES384', 'ES512']],
    ['concourse', ['RS256', 'ES256']],
    ['spiffe-jwt-svid', [...RS_ES, 'PS256', 'PS384', 'PS512']],
    ['auth0', ['RS256', 'RS512', 'PS256']],
    ['aws-outbound', ['ES384', 'RS256']],
  ])('%s are all that its operator can choose', (id, algorithms) => {
    expect(findProvider(id)?.algorithms).toEqual(algorithms)
  })
})

describe('the longest lifetime of a token', () => {
  const longest = (id: string) => findProvider(id)?.maxLifetimeSeconds ?? 0

  it('is a day, except for platforms whose tokens live longer', () => {
    const longer = listProviders().filter((id) => longest(id) > MAX_SUBJECT_TOKEN_LIFETIME_SECONDS)
    expect(longer.map((id) => [id, longest(id)])).toEqual([
      ['modal', 48 * 3600],
      ['entra-id', 24 * 3600 + 300],
    ])
  })

  it.each([
    ['jenkins', 24 * 3600],
    ['vault-identity', 24 * 3600],
    ['concourse', 24 * 3600],
    ['aks', 24 * 3600],
    ['okta', 24 * 3600],
    ['aws-outbound', 3600],
  ])('of %s is what its operator can choose, up to a day', (id, seconds) => {
    expect(longest(id)).toBe(seconds)
  })
})
