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

describe('the facts of every provider', () => {
  it('are listed, and those of no other id', () => {
    expect(listReferences().toSorted()).toEqual(listProviders().toSorted())
  })

  it('each has a source or is listed as unconfirmed', () => {
    for (const id of listProviders()) {
      const reference = referenceOf(id)
      const { sources, keySet, discovery } = reference
      const { job, ...ofFacts } = sources
      const unknown = Object.keys(ofFacts).filter((fact) => !FACTS.some((known) => known === fact))
      expect.soft(unknown, id).toEqual([])
      // Otherwise a budget could count several jobs as one.
      expect.soft(job !== undefined, id).toBe(findProvider(id)?.job !== undefined)
      for (const fact of FACTS) {
        const source = sources[fact]
        const where = `${id}: ${fact}`
        expect.soft(listUnconfirmed(reference).includes(fact), where).toBe(source === undefined)
        if (source?.startsWith('https://')) expect.soft(new URL(source).href, where).toBe(source)
        else if (source !== undefined) expect.soft(source, where).toMatch(REPOSITORY_PATH)
      }
      for (const place of [keySet, discovery]) {
        if (typeof place !== 'string') continue
        const url = place.replace('{issuer}', 'https://issuer.example')
        expect.soft(URL.canParse(url), `${id}: ${place}`).toBe(true)
      }
    }
  })

  it('put a key set elsewhere on one of the key hosts', () => {
    for (const id of listProviders()) {
      const hosts = findProvider(id)?.keyHosts ?? []
      for (const host of hosts) expect.soft(host, id).toMatch(KEY_HOST)
      const { keySet } = referenceOf(id)
      if (keySet === null || keySet.startsWith('{issuer}')) continue
      const { issuer } = findProvider(id) ?? {}
      const own = new URL(issuer?.kind === 'fixed' ? issuer.url : (issuer?.example ?? '')).host
      expect.soft([own, ...hosts], id).toContain(new URL(keySet).host)
    }
  })
})

describe('the reference data of every provider', () => {
  it('has a contact for changes of the claims', () => {
    for (const id of listProviders()) {
      const { contact } = referenceOf(id)
      expect.soft(new URL(contact).href, id).toBe(contact)
      expect.soft(new URL(contact).protocol, id).toBe('https:')
    }
  })

  it('describes each claim of the profile, and no other', () => {
    for (const id of listProviders()) {
      const paths = findProvider(id)?.claims?.map(({ path }) => path) ?? []
      expect
        .soft(
          paths.filter((path) => describeClaim(id, path) === ''),
          id,
        )
        .toEqual([])
      const known = paths.map((path) => path.join('.'))
      const others = Object.keys(referenceOf(id).claims).filter((name) => !known.includes(name))
      expect.soft(others, id).toEqual([])
    }
  })
})

describe('key hosts', () => {
  it('are listed if the keys are on a different host from the issuer', () => {
    const named = listProviders().filter((id) => findProvider(id)?.keyHosts !== undefined)
    expect(named).toEqual(['google-service-account', 'entra-id'])
    expect(findProvider('google-service-account')?.keyHosts).toEqual(['www.googleapis.com'])
    // Discovery of version 1 names login.windows.net, and in China login.chinacloudapi.cn.
    expect(findProvider('entra-id')?.keyHosts).toEqual(
      expect.arrayContaining([
        'login.microsoftonline.com',
        'login.windows.net',
        'login.chinacloudapi.cn',
      ]),
    )
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
