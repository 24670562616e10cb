/** `POST /admin/v1/revocations` of tokens that were issued before a moment long ago. */
import { beforeAll, describe, expect, it } from 'vitest'
import { MAX_TOKEN_LIFETIME_CEILING_SECONDS } from '../../../../src/contract/limits.ts'
import { PROBLEMS } from '../../../../src/contract/problems/problems.ts'
import { REVOCATION_MARGIN_SECONDS } from '../../../../src/core/limits.ts'
import { adminToken, applyTrust, bearer, readJson, send } from '../../support/gateway.ts'
import { newIssuer } from '../../support/issuer.ts'
import { trustFor } from '../../support/trust.ts'

beforeAll(() => applyTrust(trustFor(newIssuer().url)))

/** No token that was issued this long ago is accepted. */
const LONGEST_SECONDS = MAX_TOKEN_LIFETIME_CEILING_SECONDS + REVOCATION_MARGIN_SECONDS

async function ask(body: object): Promise<Response> {
  return send('/admin/v1/revocations', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...bearer(await adminToken()) },
    body: JSON.stringify({ rule: 'deploy', reason: 'leaked', ...body }),
  })
}

const secondsAgo = (seconds: number) => Math.floor(Date.now() / 1000) - seconds

describe('REV-03 a revocation with a moment', () => {
  it.each([
    ['with', { dry_run: true }],
    ['without', {}],
  ])('is refused %s a dry run if every token it names has expired', async (_, body) => {
    for (const before of [1, secondsAgo(LONGEST_SECONDS)]) {
      const response = await ask({ ...body, before })
      expect(response.status).toBe(400)
      const message = 'is too early: every token issued before it has expired'
      expect(await readJson(response)).toMatchObject({
        type: PROBLEMS.tokenNotRevocable.type,
        detail: `nothing was revoked: before ${message}`,
        problems: [{ code: 'token_invalid', path: ['before'], message }],
      })
    }
    const list = await send('/admin/v1/revocations', { headers: bearer(await adminToken()) })
    expect(await readJson(list)).toMatchObject({ revocations: [] })
  })

  it('is stored if a token of then can be accepted', async () => {
    // A minute, so that the test may take as long.
    const before = secondsAgo(LONGEST_SECONDS - 60)
    const report = await readJson(await ask({ before }))
    expect(report).toMatchObject({ issued_before: before, stops_issuing: false })
  })
})
