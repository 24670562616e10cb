import { decodeJwt } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import { signOwn } from '../../support/own-tokens.ts'
import { AUDIENCE } from '../../support/vectors.ts'
import { type ActingWorld, API, STORE, startActingWorld } from '../support/acting-world.ts'

let world: ActingWorld
let agents: string
beforeAll(async () => {
  world = await startActingWorld()
  agents = `${world.issuer.issuer}/idp`
})

describe('a token of a person and a token of an agent', () => {
  it('TE-42 IT-14 give one token that names both', async () => {
    const claims = await world.claims(await world.person(), await world.agent())
    expect(claims).toMatchObject({
      sub: 'people:user:1',
      client_id: 'agent',
      aud: API,
      scope: 'read write',
      act: { iss: agents, sub: 'agent-7' },
      origin: { iss: `${world.issuer.issuer}/github`, sub: 'user:1' },
    })
    expect(claims).not.toHaveProperty('anc')
  })

  it('TE-42 name no actor if none is presented', async () => {
    const claims = await world.claims(await world.person())
    expect(claims).toMatchObject({ client_id: 'person', scope: 'read write list' })
    expect(claims).not.toHaveProperty('act')
  })

  it('are recorded with the issuer of the actor', async () => {
    await world.ask(await world.person(), await world.agent())
    expect(world.recorded.at(-1)).toMatchObject({ issuer: 'people', actorIssuer: 'agents' })
    await world.ask(await world.person())
    expect(world.recorded.at(-1)).not.toHaveProperty('actorIssuer')
  })

  it('TE-41 REP-01 mark the subject token as used, and not the actor token', async () => {
    const [first, second] = [
      await world.person({ sub: 'once:1' }),
      await world.person({ sub: 'once:2' }),
    ]
    const agent = await world.agent()
    expect(await world.claims(first, agent)).toMatchObject({ client_id: 'agent-once' })
    expect(await world.claims(second, agent)).toMatchObject({ client_id: 'agent-once' })
    expect(await world.ask(first, await world.agent('agent-8'))).toBe('token_used')
  })

  it('TE-31 are both verified, whichever is wrong', async () => {
    const stale = { iat: world.now() - 600, nbf: world.now() - 600, exp: world.now() - 60 }
    expect(await world.ask(await world.person(stale), await world.agent())).toBe('token_expired')
    expect(await world.ask(await world.person(), await world.agent('agent-7', stale))).toBe(
      'actor_expired',
    )
    const both = await world.ask(await world.person(stale), await world.agent('agent-7', stale))
    expect(both).toBe('token_expired')
  })

  it('are answered with 503 if the keys of the issuer of the actor cannot be loaded', async () => {
    const person = await world.person()
    const form = { actor_token: await world.agent(), actor_token_type: JWT }
    const fail = async () => {
      throw new TypeError('keys')
    }
    const keys = new Map([
      [`${world.issuer.issuer}/github`, await world.fetchKeys(`${world.issuer.issuer}/github`)],
    ])
    const view = await world.ports.loadTrust(world.now())
    const ports = { refreshKeys: fail, loadTrust: () => ({ ...view, keys }) }
    await expect(world.exchange(person, form, ports)).rejects.toThrow('keys')
  })
})

const JWT = 'urn:ietf:params:oauth:token-type:jwt'

describe('a rule', () => {
  it('with acting_as is only for an actor that meets it', async () => {
    const person = await world.person()
    const silver = await world.agent('agent-7', { tier: 'silver' })
    const reasons = [
      await world.ask(person, silver),
      await world.ask(person, await world.agent('tool-1')),
      await world.ask(person, await world.person({ sub: 'agent-7', tier: 'gold' })),
      await world.ask(person, undefined, { rule: 'agent' }),
    ]
    expect(new Set(reasons)).toEqual(new Set(['no_rule_matched']))
  })

  it('without acting_as is never for a request with an actor', async () => {
    const person = await world.person()
    const named = { rule: 'person' }
    expect(await world.ask(person, await world.agent(), named)).toBe('no_rule_matched')
    expect(await world.ask(person, await world.agent(), { scope: 'list' })).toBe(
      'scope_not_granted',
    )
    expect(await world.claims(person, undefined, named)).toMatchObject({ client_id: 'person' })
  })

  it('that denies without acting_as denies with every actor', async () => {
    const guest = await world.person({ sub: 'user:guest' })
    expect(await world.ask(guest)).toBe('rule_denied')
    expect(await world.ask(guest, await world.agent())).toBe('rule_denied')
  })

  it('that denies with acting_as denies only that actor', async () => {
    const person = await world.person()
    expect(await world.ask(person, await world.agent('agent-rogue'))).toBe('rule_denied')
    expect(await world.claims(person, await world.agent())).toHaveProperty('act.sub', 'agent-7')
    expect(await world.claims(person)).toHaveProperty('client_id', 'person')
  })

  it('RULE-03 that denies an actor compares its claims by content', async () => {
    const rules = [
      {
        name: 'agents',
        owner: 'platform@example.com',
        expires: '2099-12-31',
        from: 'people',
        when: { sub: 'user:1' },
        acting_as: { from: 'agents', when: { sub: 'agent-7' } },
        grant: { resource: API, scopes: ['read'] },
      },
      {
        name: 'no-silver',
        effect: 'deny',
        from: 'people',
        when: { sub: 'user:1' },
        acting_as: { from: 'agents', when: { tier: 5 } },
      },
    ]
    const own = await startActingWorld(rules)
    const person = await own.person()
    expect(await own.claims(person, await own.agent())).toHaveProperty('client_id', 'agents')
    for (const tier of [5, '5', '5.0', [5]]) {
      expect(await own.ask(person, await own.agent('agent-7', { tier }))).toBe('rule_denied')
    }
  })
})

describe('a claim may_act of the subject token', () => {
  const rows: readonly (readonly [string, unknown, boolean])[] = [
    ['TE-43 that names issuer and subject', { iss: 'AGENTS', sub: 'agent-7' }, true],
    ['TE-43 that names another claim too', { iss: 'AGENTS', sub: 'agent-7', tier: 'gold' }, true],
    ['with a time, which means nothing', { iss: 'AGENTS', sub: 'agent-7', exp: 1 }, true],
    ['that names another subject', { iss: 'AGENTS', sub: 'agent-8' }, false],
    ['ISS-02 without the issuer, which is then that of the subject', { sub: 'agent-7' }, false],
    ['with another value of a claim', { iss: 'AGENTS', sub: 'agent-7', tier: 'silver' }, false],
    ['with a claim that the actor has not', { iss: 'AGENTS', sub: 'agent-7', team: 'a' }, false],
    ['that names an issuer only', { iss: 'AGENTS' }, false],
    ['that names nobody', {}, false],
    ['that is a text', 'agent-7', false],
    ['that is a list', [{ iss: 'AGENTS', sub: 'agent-7' }], false],
    ['with a list as a subject', { iss: 'AGENTS', sub: ['agent-7'] }, false],
  ]
  it.each(rows)(
    'allows the actor only if it is exactly the one that the claim names: %s',
    async (_, named, isAllowed) => {
      const may_act = JSON.parse(JSON.stringify(named).replace('AGENTS', agents)) as unknown
      const person = await world.person({ may_act })
      const claims = await world.claims(person, await world.agent())
      if (isAllowed) expect(claims).toMatchObject({ act: { iss: agents, sub: 'agent-7' } })
      else expect(claims).toBe('actor_not_named')
    },
  )

  it('EXC-08 is not copied, and says nothing about a request without an actor', async () => {
    const claims = await world.claims(await world.person({ may_act: { sub: 'x' } }))
    expect(claims).toMatchObject({ client_id: 'person' })
    expect(claims).not.toHaveProperty('may_act')
  })
})

describe('a claim act', () => {
  it('EXC-08 of a foreign subject token is not copied', async () => {
    const person = await world.person({ act: { iss: 'https://evil.example', sub: 'boss' } })
    expect(await world.claims(person)).not.toHaveProperty('act')
    expect(await world.claims(person, await world.agent())).toHaveProperty('act', {
      iss: agents,
      sub: 'agent-7',
    })
  })

  it('EXC-08 of an actor token is refused', async () => {
    const agent = await world.agent('agent-7', { act: { sub: 'other' } })
    expect(await world.ask(await world.person(), agent)).toBe('actor_delegated')
    const acted = await world.ask(await world.person(), await world.agent())
    expect(await world.ask(await world.person({ jti: 'p2' }), acted)).toBe('actor_delegated')
  })

  it.each(['x', [], { sub: 'x' }, { iss: 'x' }, { iss: 'x', sub: 'x', act: 1 }, null])(
    'EXC-08 of another form in a token of this gateway is refused: %j',
    async (act) => {
      const times = { iat: world.now(), exp: world.now() + 600 }
      const claims = { iss: AUDIENCE, client_id: 'person', scope: 'read', act, ...times }
      expect(await world.ask(await signOwn(world.keyRing, claims))).toBe('claim_invalid')
    },
  )
})

describe('an actor token of this gateway', () => {
  const own = async () => world.ask(await world.agent(), undefined, { resource: STORE })

  it('EXC-07 acts until it ends, and is an ancestor of the token', async () => {
    const actor = await own()
    const { jti, iat, exp } = decodeJwt(actor)
    const claims = await world.claims(await world.person(), actor)
    expect(claims).toMatchObject({
      client_id: 'by-own',
      act: { iss: AUDIENCE, sub: 'agent-7' },
      anc: [
        {
          ...{ jti, iat, client_id: 'agent-itself', aud: STORE, actor: true },
          origin: { iss: `${world.issuer.issuer}/idp`, sub: 'agent-7' },
        },
      ],
      origin: { sub: 'user:1' },
    })
    expect((claims as { exp: number }).exp).toBeLessThanOrEqual(exp ?? 0)
    const short = await world.ask(actor, undefined, { expires_in: '30', resource: STORE })
    const shorter = await world.claims(await world.person(), short)
    expect(shorter).toMatchObject({ exp: world.now() + 30 })
  })

  it('REV-05 ends what it took part in, and so do its ancestors', async () => {
    const actor = await own()
    const narrow = await world.ask(actor, undefined, { resource: STORE })
    const token = await world.ask(await world.person(), narrow)
    expect(await world.claims(token)).toMatchObject({ act: { sub: 'agent-7' } })
    await world.revoke(String(decodeJwt(actor).jti))
    expect(await world.ask(token)).toBe('token_revoked')
    expect(await world.ask(await world.person(), narrow)).toBe('actor_revoked')
  })

  it('does not count as a step of the chain, and does not close its resource', async () => {
    const token = await world.ask(await world.person(), await own())
    const moved = await world.claims(token, await world.agent('tool-1'), { resource: STORE })
    expect(moved).toMatchObject({ client_id: 'tool-at-store', aud: STORE })
  })

  it('EXC-03 is not a token of the same chain', async () => {
    const token = await world.ask(await world.person())
    const narrow = await world.ask(token, undefined, { scope: 'read' })
    expect(await world.ask(narrow, token)).toBe('actor_is_subject')
    expect(await world.ask(token, narrow)).toBe('actor_is_subject')
    expect(await world.ask(token, token)).toBe('actor_is_subject')
  })
})

describe('an actor token that is the subject token', () => {
  it('EXC-03 is refused with another signature', async () => {
    const person = await world.person()
    const other = `${person.slice(0, person.lastIndexOf('.'))}.AAAA`
    expect(await world.ask(person, other)).toBe('actor_is_subject')
  })

  it('EXC-03 is refused if it has the same issuer and jti', async () => {
    const person = await world.person({ jti: 'same' })
    expect(await world.ask(person, await world.person({ jti: 'same', ref: 'x' }))).toBe(
      'actor_is_subject',
    )
    expect(await world.ask(person, await world.agent('agent-7', { jti: 'same' }))).toContain('.')
  })
})
