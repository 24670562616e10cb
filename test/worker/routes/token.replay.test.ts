import { beforeAll, describe, expect, it } from 'vitest'
import { applyTrust, exchange, readJson } from '../support/gateway.ts'
import { newIssuer } from '../support/issuer.ts'
import { trustFor } from '../support/trust.ts'

describe('a single-use subject token at the token endpoint', () => {
  const issuer = newIssuer()
  beforeAll(() => applyTrust(trustFor(issuer.url)))

  it('REP-01 presented a hundred times at once is exchanged once', async () => {
    const token = await issuer.mint()
    const responses = await Promise.all(Array.from({ length: 100 }, () => exchange(token)))
    const statuses = responses.map(({ status }) => status)
    expect(statuses.filter((status) => status === 200)).toHaveLength(1)
    expect(statuses.filter((status) => status === 400)).toHaveLength(99)
    const refused = responses.find(({ status }) => status === 400)
    expect(refused && (await readJson(refused))).toMatchObject({
      error: 'invalid_request',
      error_description: 'the subject token has been used already',
    })
  })
})
