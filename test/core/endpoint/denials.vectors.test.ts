import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { decodeJwt } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import { DENIALS } from '../../../src/core/denial.ts'
import type { RenderedResponse } from '../../../src/core/endpoint/render.ts'
import { type CoreWorld, startCoreWorld } from '../../support/core-world.ts'
import { makeDescendants, mintActor } from '../../support/descendants.ts'
import { signOwn } from '../../support/own-tokens.ts'
import { revokedBounds } from '../../support/revoked-vectors.ts'
import {
  AUDIENCE,
  exchangeForm,
  makeRequest,
  prove,
  SPENT_JOB,
  type Tokens,
  VECTORS,
} from '../../support/vectors.ts'

let world: CoreWorld
let tokens: Tokens

const tokenOf = ({ body }: RenderedResponse) =>
  'access_token' in body ? body.access_token : JSON.stringify(body)
const issue = async (resource: string) =>
  tokenOf(await world.exchange(await world.mint(), { resource }))

beforeAll(async () => {
  world = await startCoreWorld()
  const used = await world.mint()
  await world.exchange(used)
  await world.exchange(await world.mint(SPENT_JOB))
  const issued = await issue('https://api.example.com')
  const revoked = await issue('https://api.example.com')
  await world.revoke(String(decodeJwt(revoked).jti))
  const usedProof = await prove(world.now(), 'https://sts.example.com')
  await world.send(exchangeForm(await world.mint()), { proofContext: { dpop: usedProof } })
  world.coarse.push(...revokedBounds(world.now()))
  tokens = {
    used,
    usedProof,
    issued,
    revoked,
    ...(await makeDescendants(
      issued,
      async (form) => tokenOf(await world.send(form)),
      (sub) => mintActor(world.issuer, sub),
    )),
    other: await issue('https://other.example.com'),
    admin: await signOwn(world.keyRing, {
      iss: AUDIENCE,
      aud: AUDIENCE,
      scope: 'revocations:write',
      iat: world.now(),
      exp: world.now() + 600,
    }),
    gateway: 'https://sts.example.com',
  }
})

describe('every denial', () => {
  it.each(VECTORS.map((vector) => [`${vector.reason}: ${vector.name}`, vector] as const))(
    '%s',
    async (_, vector) => {
      const request = await makeRequest(vector, world.issuer, world.now(), tokens)
      const { response, reason } = await world.answer(request)
      expect(reason).toBe(vector.reason)
      expect(response.status).toBe(vector.status)
      expect(response.body).toMatchObject({ error: vector.error })
    },
  )

  it('has a vector', () => {
    // Rate limits are a binding of the deployment. test/worker/http/rate-limits.test.ts tests them.
    // `granting_rule_ended` needs a change of the document: see token-endpoint.downscope.test.ts.
    // `issued_token_too_long` needs a grant of many scopes: see token-endpoint.length.test.ts.
    // `status_list_full` needs full lists: see token-endpoint.status.test.ts.
    const shown = new Set([
      'rate_limited',
      'status_list_full',
      'issued_token_too_long',
      'granting_rule_ended',
      ...VECTORS.map(({ reason }) => reason),
    ])
    expect(Object.keys(DENIALS).filter((reason) => !shown.has(reason as never))).toEqual([])
  })

  it('has a paragraph in docs/errors.md, and the page has no others', () => {
    const page = readFileSync(join(import.meta.dirname, '../../../docs/errors.md'), 'utf8')
    const headings = [...page.matchAll(/^### (.+)$/gm)].map(([, heading]) => heading)
    expect(headings.toSorted()).toEqual(Object.keys(DENIALS).toSorted())
  })

  it('EXC-11 has a sentence without text of the caller', () => {
    for (const { description } of Object.values(DENIALS)) expect(description).not.toMatch(/[{}$]/)
  })
})

describe('the same request without the change', () => {
  it('is granted, so that the change alone is the reason', async () => {
    expect((await world.exchange(await world.mint())).status).toBe(200)
  })
})
