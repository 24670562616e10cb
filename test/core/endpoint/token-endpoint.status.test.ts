/** Tokens of a resource with a status list: the claim, the `jti`, and a list that is full or down. */
import { decodeJwt } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import type { StatusUse } from '../../../src/core/issuance.ts'
import { Unavailable } from '../../../src/core/ports.ts'
import { isTokenId } from '../../../src/core/tokens/ids.ts'
import { readPosition, type StatusPosition } from '../../../src/protocol/status/status-list.ts'
import { type CoreWorld, startCoreWorld } from '../../support/core-world.ts'
import { AUDIENCE, vectorTrust } from '../../support/vectors.ts'

const API = 'https://api.example.com'
const OTHER = 'https://other.example.com'
const POSITION: StatusPosition = { list: 'EjRW', index: 4711 }

let world: CoreWorld
beforeAll(async () => {
  world = await startCoreWorld((issuerUrl) => {
    const trust = vectorTrust(issuerUrl)
    const rules = trust.rules.map((rule) => ({
      ...rule,
      ...('grant' in rule ? { grant: { ...rule.grant, replay: 'once' } } : {}),
    }))
    const resources = {
      ...trust.resources,
      [API]: { ...trust.resources[API], status_list: true },
      [OTHER]: { ...trust.resources[OTHER], status_list: true },
      'https://plain.example.com': { scopes: ['read'], status_list: false },
    }
    const plain = rules.flatMap((rule) => {
      if (rule.name !== 'other') return []
      return [
        { ...rule, name: 'plain', grant: { ...rule.grant, resource: 'https://plain.example.com' } },
      ]
    })
    return { ...trust, resources, rules: [...rules, ...plain] }
  })
})

type Take = (use: StatusUse) => StatusPosition | undefined | Promise<StatusPosition | undefined>

async function exchange(take: Take | undefined, subjectToken?: string, resource = API) {
  const token = subjectToken ?? (await world.mint())
  const { status, body } = await world.exchange(token, { resource }, { takeStatusIndex: take })
  const { reason, part } = world.recorded.at(-1) ?? {}
  return { status, reason, part, token: 'access_token' in body ? body.access_token : '' }
}

describe('a token of a resource with a status list', () => {
  it('IT-22 SL-08 names its list and index, and its jti has both', async () => {
    const { token } = await exchange(() => POSITION)
    const { jti = '', status } = decodeJwt(token)
    expect(status).toEqual({ status_list: { idx: 4711, uri: `${AUDIENCE}/status/EjRW` } })
    expect(readPosition(jti)).toEqual(POSITION)
    expect(isTokenId(jti)).toBe(true)
    expect(world.recorded.at(-1)).toMatchObject({ tokenId: jti })
  })

  it('OUT-04 has as many random characters in its jti as any other', async () => {
    const ids = await Promise.all(
      Array.from({ length: 20 }, async () => decodeJwt((await exchange(() => POSITION)).token).jti),
    )
    expect(new Set(ids.map((jti) => jti?.slice(8))).size).toBe(20)
    for (const jti of ids) expect(jti).toMatch(/^[\w-]{30}$/)
  })

  it('has an index for its rule, its issuer and its key', async () => {
    const uses: StatusUse[] = []
    await exchange((use) => {
      uses.push(use)
      return POSITION
    })
    const [keyId] = world.keyRing.keys.map((key) => key.keyId)
    expect(uses).toEqual([{ rules: ['deploy'], issuer: `${world.issuer.issuer}/github`, keyId }])
  })

  it('REV-03 REV-05 of a chain has an index for all rules and for the first issuer', async () => {
    const { token } = await exchange(() => POSITION)
    const uses: StatusUse[] = []
    const narrow = {
      subject_token: token,
      subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      resource: OTHER,
    }
    const takeStatusIndex = (use: StatusUse) => {
      uses.push(use)
      return { list: 'AAAA', index: 1 }
    }
    const answer = await world.send(
      { grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange', ...narrow },
      { ports: { takeStatusIndex } },
    )
    expect(answer.status).toBe(200)
    expect(uses).toMatchObject([
      {
        rules: ['from-deploy-to-other', 'deploy'],
        issuer: `${world.issuer.issuer}/github`,
      },
    ])
    const child = decodeJwt('access_token' in answer.body ? answer.body.access_token : '')
    expect(child.status).toEqual({ status_list: { idx: 1, uri: `${AUDIENCE}/status/AAAA` } })
    expect(child.anc).toMatchObject([{ jti: decodeJwt(token).jti }])
  })

  it('is denied while every list is full, and its subject token stays usable', async () => {
    const token = await world.mint()
    expect(await exchange(() => undefined, token)).toMatchObject({
      status: 400,
      reason: 'status_list_full',
    })
    expect(await exchange(() => POSITION, token)).toMatchObject({ status: 200 })
  })

  it.each([
    ['the store does not answer', () => Promise.reject(new Unavailable('status_lists'))],
    ['the deployment has no store', undefined],
  ])('is not issued if %s, and its subject token stays usable', async (_, take) => {
    const token = await world.mint()
    expect(await exchange(take, token)).toMatchObject({ status: 503, part: 'status_lists' })
    expect(await exchange(async () => POSITION, token)).toMatchObject({ status: 200 })
  })

  it('takes no index for a resource without a list', async () => {
    const take = () => {
      throw new Error('nobody asks')
    }
    const { status, token } = await exchange(take, undefined, 'https://plain.example.com')
    expect(status).toBe(200)
    const { jti, status: claim } = decodeJwt(token)
    expect([claim, jti?.length]).toEqual([undefined, 22])
  })

  it('takes no index for a token that is denied', async () => {
    const take = () => {
      throw new Error('nobody asks')
    }
    const answer = await world.exchange(
      await world.mint(),
      { scope: 'deploy:admin' },
      { takeStatusIndex: take },
    )
    expect(answer.status).toBe(400)
  })
})
