import { describe, expect, it } from 'vitest'
import { findProvider, listProviders } from '../../../src/core/providers/index.ts'
import { findReference } from '../../../src/core/providers/references.ts'

const once = listProviders().filter((id) => findProvider(id)?.replay === 'once')

describe('platforms whose tokens are good for one exchange unless a rule says otherwise', () => {
  it('are these, and a platform joins them only on purpose', () => {
    expect([...once].sort()).toEqual([
      'aws-outbound',
      'fly-io',
      'github-actions',
      'github-actions-enterprise',
      'github-enterprise-server',
    ])
  })

  it.each(once)('let a job of %s ask for another token by a command', (id) => {
    // A token that is put into the environment of a job is the only one that the job has.
    expect(findReference(id)?.guide?.tokenRequest.command).toEqual(expect.any(String))
  })
})
