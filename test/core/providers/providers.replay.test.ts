import { describe, expect, it } from 'vitest'
import { findProvider, listProviders } from '../../../src/core/providers/index.ts'
import { findReference } from '../../../src/core/providers/references.ts'

const once = listProviders().filter((id) => findProvider(id)?.replay === 'once')

describe('platforms whose tokens can be exchanged once by default', () => {
  it('are exactly these', () => {
    expect([...once].sort()).toEqual([
      'aws-outbound',
      'fly-io',
      'github-actions',
      'github-actions-enterprise',
      'github-enterprise-server',
    ])
  })

  it.each(once)('let a job of %s request another token with a command', (id) => {
    // A job with a token in its environment has no other token.
    expect(findReference(id)?.guide?.tokenRequest.command).toEqual(expect.any(String))
  })
})
