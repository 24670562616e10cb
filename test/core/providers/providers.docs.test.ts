import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { PROVIDER_DOCS, renderProviderDocs } from '../../../scripts/provider-docs.ts'
import { findProvider, listProviders } from '../../../src/core/providers/index.ts'
import { findReference } from '../../../src/core/providers/references.ts'

const page = readFileSync(PROVIDER_DOCS, 'utf8')

describe('docs/providers.md', () => {
  it('agrees with the profiles and their reference data', () => {
    expect(page).toBe(renderProviderDocs())
  })

  it.each(listProviders())('has a section for %s, and marks a partial profile', (id) => {
    const [, section = ''] = page.split(`\n## ${id}\n`)
    const text = section.split('\n## ')[0] ?? ''
    expect(text.includes('Partial.')).toBe(findProvider(id)?.status === 'partial')
  })
})

describe('the guide to a provider', () => {
  const named = listProviders().filter((id) => id !== 'generic-oidc')

  it.each(named)('of %s says how to request a token and lists common mistakes', (id) => {
    const guide = findReference(id)?.guide
    expect(guide?.tokenRequest.summary).toMatch(/\S/)
    expect(guide?.traps.length).toBeGreaterThan(0)
  })

  it('exists for every platform, and not for generic issuers', () => {
    expect(named.length).toBeGreaterThan(40)
    expect(findReference('generic-oidc')?.guide).toBeUndefined()
  })
})
