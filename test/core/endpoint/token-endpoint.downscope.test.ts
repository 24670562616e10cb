import { decodeJwt, decodeProtectedHeader } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import { narrowForm } from '../../support/vectors.ts'
import {
  API,
  granted,
  type OwnWorld,
  RULES,
  STORE,
  startOwnWorld,
  TOOL,
} from '../support/own-world.ts'

let world: OwnWorld
let parent: string
beforeAll(async () => {
  world = await startOwnWorld()
  parent = await world.issue()
})

const idOf = (token: string) => decodeJwt(token).jti

describe('a token of this gateway, exchanged for its own resource', () => {
  it('EXC-07 gives a token with the same claims, except its id, its scope and its ancestors', async () => {
    const { jti, anc, exp, scope, ...same } = granted(await world.narrow(parent, { scope: 'read' }))
    const before = decodeJwt(parent)
    expect(before).toMatchObject(same)
    expect(same).toMatchObject({ client_id: 'deploy', repository: '456789012', aud: API })
    expect(scope).toBe('read')
    expect(jti).not.toBe(before.jti)
    const { kid } = decodeProtectedHeader(parent)
    expect(anc).toEqual([{ kid, jti: before.jti, iat: before.iat, client_id: 'deploy', aud: API }])
  })

  it('keeps who acts for whom, and whatever else a rule has set', async () => {
    const act = { iss: 'https://agents.example', sub: 'agent' }
    const claims = { act, may_act: { sub: 'tool' }, tags: { team: ['a'] } }
    expect(await world.narrow(await world.sign(claims))).toMatchObject(claims)
  })

  it('TE-21 has the scopes of the token if the request names none', async () => {
    expect(granted(await world.narrow(parent)).scope).toBe('read write')
    const narrow = await world.tokenOf(parent, { scope: 'read' })
    expect(granted(await world.narrow(narrow)).scope).toBe('read')
  })

  it.each(['admin', 'read admin', 'Read', '*', 'other:scope'])(
    'EXC-04 EXC-07 refuses the scope %s, and trims nothing',
    async (scope) => {
      expect(await world.narrow(parent, { scope })).toBe('scope_not_granted')
    },
  )

  it('EXC-07 refuses a scope that an ancestor had and the token has not', async () => {
    const narrow = await world.tokenOf(parent, { scope: 'read' })
    expect(await world.narrow(narrow, { scope: 'read write' })).toBe('scope_not_granted')
  })

  it('EXC-06 EXC-07 ends with the token at the latest', async () => {
    const token = await world.sign({ exp: world.now() + 40 })
    const lifetimes = [{}, { expires_in: '3600' }, { expires_in: '30' }].map(async (form) => {
      const { exp, iat } = granted(await world.narrow(token, form))
      return exp - iat
    })
    expect(await Promise.all(lifetimes)).toEqual([40, 40, 30])
  })

  it('EXC-07 ends with the token even if the clock moves on during the exchange', async () => {
    const token = await world.sign({ exp: world.now() + 40 })
    let read = 0
    const clock = () => world.now() + (read++ === 0 ? 0 : 25)
    expect(granted(await world.narrow(token, {}, { clock })).exp).toBe(world.now() + 40)
    let late = 0
    const slow = () => world.now() + (late++ === 0 ? 0 : 40)
    expect(await world.narrow(token, {}, { clock: slow })).toBe('token_expired')
  })

  it('takes the name of its own rule, and no other', async () => {
    expect(granted(await world.narrow(parent, { rule: 'deploy' })).client_id).toBe('deploy')
    for (const rule of ['back', 'tool', 'nobody']) {
      expect(await world.narrow(parent, { rule })).toBe('no_rule_matched')
    }
  })
})

describe('a token of this gateway, exchanged for another resource', () => {
  it('is granted by a rule from self alone, with the same subject and origin', async () => {
    const { sub, origin } = decodeJwt(parent)
    const moved = granted(await world.narrow(parent, { resource: TOOL }))
    expect(moved).toMatchObject({
      sub,
      origin,
      aud: TOOL,
      client_id: 'tool',
    })
    expect(moved).toMatchObject({ scope: 'call list', via: 'deploy' })
    expect(moved).not.toHaveProperty('repository')
  })

  it('EXC-05 EXC-07 is refused without such a rule', async () => {
    const other = await world.sign({ repository: '1' })
    expect(await world.narrow(other, { resource: TOOL })).toBe('no_rule_matched')
    expect(await world.narrow(parent, { resource: TOOL, scope: 'call get' })).toBe(
      'scope_not_granted',
    )
    expect(await world.narrow(parent, { resource: 'https://nobody.example.com' })).toBe(
      'resource_unknown',
    )
  })

  it('EXC-07 ends with the token at the latest, whatever the rule allows', async () => {
    const { exp } = granted(await world.narrow(parent, { resource: TOOL }))
    expect(exp).toBe(decodeJwt(parent).exp)
  })

  it('EXC-07 does not return to a resource of the chain, even by a rule', async () => {
    const tool = await world.tokenOf(parent, { resource: TOOL })
    expect(await world.narrow(tool, { resource: API })).toBe('resource_left')
    const never = await world.sign({ client_id: 'tool', aud: TOOL, scope: 'call' })
    expect(granted(await world.narrow(never, { resource: API })).client_id).toBe('back')
  })

  it('REP-01 EXC-07 replay: once holds for the whole chain, not for each copy', async () => {
    const token = await world.issue()
    const copies = [await world.tokenOf(token), await world.tokenOf(token, { scope: 'read' })]
    const [first = '', second = ''] = copies
    expect(granted(await world.narrow(first, { resource: STORE })).scope).toBe('get')
    for (const one of [first, second, token]) {
      expect(await world.narrow(one, { resource: STORE })).toBe('token_used')
    }
    expect(granted(await world.narrow(await world.issue(), { resource: STORE })).aud).toBe(STORE)
  })

  it('REP-01 is refused if the mark of the first token may be lost, whenever the copy was made', async () => {
    const root = { jti: 'root', iat: world.now() - 1000, client_id: 'deploy', aud: API }
    // The token of an actor is not used up, so its age does not count.
    const actor = { ...root, jti: 'actor', iat: world.now() - 5000, actor: true }
    const outcomeOf = async (replayNotBefore: number) => {
      const form = { ...narrowForm(await world.sign({ anc: [actor, root] })), resource: STORE }
      await world.send(form, {
        settings: { replayNotBefore },
        ports: { claimReplay: async () => true },
      })
      const { outcome, reason = outcome } = world.recorded.at(-1) ?? {}
      return reason
    }
    expect(await outcomeOf(world.now() - 500)).toBe('token_used')
    expect(await outcomeOf(root.iat)).toBe('token_used')
    expect(await outcomeOf(root.iat - 500)).toBe('granted')
  })

  it('REP-02 keeps the mark of a chain for as long as its first token could live', async () => {
    const narrow = await world.tokenOf(await world.issue(), { expires_in: '30' })
    const untils: number[] = []
    const claimReplay = async ({ until }: { readonly until: number }) => untils.push(until) > 0
    await world.narrow(narrow, { resource: STORE }, { claimReplay })
    expect(untils[0]).toBeGreaterThanOrEqual(world.now() + 24 * 3600)
  })
})

describe('a deny rule from self', () => {
  it.each([API, TOOL])(
    'refuses every exchange of a token that it matches (%s)',
    async (resource) => {
      expect(await world.narrow(await world.sign({ rev: 0 }), { resource })).toBe('rule_denied')
    },
  )
})

describe('the rules of a chain', () => {
  const changed = (name: string, change: object) =>
    RULES.map((rule) => (rule.name === name ? { ...rule, ...change } : rule))

  it.each([
    ['renamed', changed('deploy', { name: 'deploy-2' })],
    ['ended', changed('deploy', { expires: '2020-01-01' })],
    ['only observing', changed('deploy', { mode: 'observe' })],
  ])('REV-03 must be in force: not %s', async (_, rules) => {
    const other = await startOwnWorld(rules)
    for (const resource of [API, TOOL]) {
      expect(await other.narrow(await other.sign(), { resource })).toBe('granting_rule_ended')
    }
    expect(other.recorded.at(-1)?.facts).toEqual({ rule: 'deploy' })
    // The rule of an ancestor counts too.
    const anc = [{ jti: 'a', iat: other.now(), client_id: 'deploy', aud: API }]
    const moved = await other.sign({ client_id: 'tool', aud: TOOL, scope: 'call', anc })
    expect(await other.narrow(moved, { resource: TOOL })).toBe('granting_rule_ended')
  })

  it('REV-03 limit the scopes as they are now', async () => {
    const { grant } = RULES[0]
    const other = await startOwnWorld(changed('deploy', { grant: { ...grant, scopes: ['read'] } }))
    const token = await other.sign()
    expect(await other.narrow(token)).toBe('scope_not_granted')
    expect(granted(await other.narrow(token, { scope: 'read' })).scope).toBe('read')
  })

  it('must still lead to the resource', async () => {
    const { grant } = RULES[0]
    const elsewhere = { ...grant, resource: TOOL, scopes: ['call'] }
    const other = await startOwnWorld(changed('deploy', { grant: elsewhere }))
    expect(await other.narrow(await other.sign())).toBe('no_rule_matched')
  })
})

describe('the record of such an exchange', () => {
  it('names the gateway as issuer, the parent and the rule', async () => {
    const child = granted(await world.narrow(parent))
    expect(world.recorded.at(-1)).toMatchObject({
      outcome: 'granted',
      issuer: 'self',
      rule: 'deploy',
      parentTokenId: idOf(parent),
      tokenId: child.jti,
    })
    await world.narrow(parent, { scope: 'admin' })
    expect(world.recorded.at(-1)).toMatchObject({ parentTokenId: idOf(parent), issuer: 'self' })
  })

  it('EXC-14 counts against the limit of the subject', async () => {
    const keys: string[] = []
    const admitSubject = async (key: string) => keys.push(key) < 3
    const token = await world.tokenOf(parent)
    for (const one of [parent, token]) granted(await world.narrow(one, {}, { admitSubject }))
    expect(await world.narrow(token, {}, { admitSubject })).toBe('rate_limited')
    expect(new Set(keys).size).toBe(1)
  })
})
