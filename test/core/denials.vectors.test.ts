import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { DENIALS } from '../../src/core/denial.ts'
import { type CoreWorld, startCoreWorld } from '../support/core-world.ts'
import { signOwn } from '../support/own-tokens.ts'
import { AUDIENCE, makeRequest, type Tokens, VECTORS } from '../support/vectors.ts'

let world: CoreWorld
let tokens: Tokens

async function issue(resource: string): Promise<string> {
  const { body } = await world.exchange(await world.mint(), { resource })
  return 'access_token' in body ? body.access_token : JSON.stringify(body)
}

beforeAll(async () => {
  world = await startCoreWorld()
  const used = await world.mint()
  await world.exchange(used)
  tokens = {
    used,
    issued: await issue('https://api.example.com'),
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
    const shown = new Set(['rate_limited', ...VECTORS.map(({ reason }) => reason)])
    expect(Object.keys(DENIALS).filter((reason) => !shown.has(reason as never))).toEqual([])
  })

  it('has a paragraph in docs/errors.md, and the page has no others', () => {
    const page = readFileSync(join(import.meta.dirname, '../../docs/errors.md'), 'utf8')
    const headings = [...page.matchAll(/^### (.+)$/gm)].map(([, heading]) => heading)
    expect(headings.toSorted()).toEqual(Object.keys(DENIALS).toSorted())
  })

  it('EXC-11 has a sentence without text of the caller', () => {
    for (const { description } of Object.values(DENIALS)) expect(description).not.toMatch(/[{}$]/)
  })
})

describe('the same request without the change', () => {
  it('is granted', async () => {
    expect((await world.exchange(await world.mint())).status).toBe(200)
  })
})
