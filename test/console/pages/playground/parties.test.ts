/** The choices of the playground come from any document that a gateway may have stored. */
import { describe, expect, it } from 'vitest'
import { listIssuers, listResources } from '../../../../src/console/pages/playground/parties.ts'

describe('the choices of the playground', () => {
  it('are the issuers and resources of the document', () => {
    const document = {
      issuers: { ci: { provider: 'gitlab-self-managed', issuer: 'https://gitlab.example.com' } },
      resources: { 'https://api.example.com': { scopes: ['read', 7] } },
    }
    expect(listIssuers(document)).toEqual([
      { name: 'ci', provider: 'gitlab-self-managed', url: 'https://gitlab.example.com' },
    ])
    expect(listResources(document)).toEqual([{ uri: 'https://api.example.com', scopes: ['read'] }])
  })

  it.each([undefined, null, 'text', {}, { issuers: [], resources: 7 }, { issuers: { a: 1 } }])(
    'are none in %j',
    (document) => {
      expect(listIssuers(document)).toEqual([])
      expect(listResources(document)).toEqual([])
    },
  )
})
