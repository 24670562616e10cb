import { decodeJwt } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import { signOwn } from '../../support/own-tokens.ts'
import { AUDIENCE } from '../../support/vectors.ts'
import {
  type ActingWorld,
  API,
  type Issued,
  STORE,
  startActingWorld,
} from '../support/acting-world.ts'

let world: ActingWorld
let iss: string
beforeAll(async () => {
  world = await startActingWorld()
  iss = `${world.issuer.issuer}/idp`
})

const read = (token: string) => decodeJwt<Issued>(token)
const startChain = async () => world.ask(await world.person(), await world.agent())

describe('a chain of actors', () => {
  it('EXC-07 IT-14 IT-15 has the newest actor outermost, and each token holds less', async () => {
    const first = await startChain()
    const second = await world.ask(first, await world.agent('tool-1'), { scope: 'read' })
    const third = await world.ask(second, await world.agent('tool-2'), { expires_in: '60' })
    const agent = { iss, sub: 'agent-7' }
    expect(read(first)).toMatchObject({ scope: 'read write', act: agent })
    expect(read(second)).toMatchObject({ scope: 'read', client_id: 'tool' })
    expect(read(second).act).toEqual({ iss, sub: 'tool-1', act: agent })
    expect(read(third).act).toEqual({
      iss,
      sub: 'tool-2',
      act: { iss, sub: 'tool-1', act: agent },
    })
    expect([first, second, third].map((one) => read(one).exp - world.now())).toEqual([480, 300, 60])
    for (const one of [first, second, third]) expect(read(one).sub).toBe('people:user:1')
    const ancestors = [first, second].map((one) => read(one).jti)
    expect(read(third).anc?.map(({ jti }) => jti)).toEqual(ancestors)
  })

  it('EXC-07 names three actors at most', async () => {
    let token = await startChain()
    for (const tool of ['tool-1', 'tool-2']) token = await world.ask(token, await world.agent(tool))
    expect(await world.ask(token, await world.agent('tool-3'))).toBe('actor_chain_too_long')
    expect(await world.ask(token, await world.agent('tool-2'))).toContain('.')
  })

  it('names an actor once that proves itself again', async () => {
    const first = await world.ask(await startChain(), await world.agent('tool-1'))
    const again = await world.ask(first, await world.agent('tool-1'))
    expect(read(again).act).toEqual(read(first).act)
    const back = await world.ask(again, await world.agent('tool-2'))
    const return_ = await world.agent('tool-1')
    expect(await world.ask(back, return_)).toBe('actor_chain_too_long')
  })

  it('EXC-07 never holds a scope that the token or its rule does not hold', async () => {
    const narrow = await world.ask(await startChain(), undefined, { scope: 'write' })
    const tool = await world.agent('tool-1')
    // The rule of the tool grants read and list, and the token holds only write.
    expect(await world.ask(narrow, tool)).toBe('scope_not_granted')
    expect(await world.ask(narrow, tool, { scope: 'read' })).toBe('scope_not_granted')
    const person = await world.ask(await world.person())
    expect(await world.claims(person, tool)).toMatchObject({ scope: 'read list' })
    // The rule of the agent does not grant list.
    const chain = await startChain()
    expect(await world.claims(chain, tool)).toMatchObject({ scope: 'read' })
    expect(await world.ask(chain, tool, { scope: 'list' })).toBe('scope_not_granted')
    // The rule of the agent granted list when this token was issued, and does no longer.
    const times = { iat: world.now(), exp: world.now() + 600 }
    const held = { client_id: 'agent', scope: 'read list', aud: API, act: { iss, sub: 'agent-7' } }
    const wide = await signOwn(world.keyRing, { iss: AUDIENCE, ...times, ...held })
    expect(await world.claims(wide, tool)).toMatchObject({ scope: 'read' })
  })

  it('EXC-06 EXC-07 never ends later than the token', async () => {
    const short = await world.ask(await startChain(), undefined, { expires_in: '40' })
    const claims = await world.claims(short, await world.agent('tool-1'))
    expect(claims).toMatchObject({ exp: world.now() + 40 })
  })

  it('REV-05 ends as a whole when its first token is revoked', async () => {
    const first = await startChain()
    const second = await world.ask(first, await world.agent('tool-1'))
    const third = await world.ask(second, await world.agent('tool-2'))
    await world.revoke(String(read(first).jti))
    for (const one of [first, second, third]) {
      expect(await world.ask(one, await world.agent('tool-2'))).toBe('token_revoked')
      expect(await world.ask(one)).toBe('token_revoked')
    }
  })
})

describe('a token that names an actor, without an actor token', () => {
  it('TE-42 can be narrowed, and then still names it', async () => {
    const chain = await startChain()
    const claims = await world.claims(chain, undefined, { scope: 'read' })
    expect(claims).toMatchObject({ scope: 'read', act: { iss, sub: 'agent-7' } })
  })

  it('EXC-07 is not exchanged by a rule for the subject itself', async () => {
    const person = await world.ask(await world.person())
    expect(await world.claims(person, undefined, { resource: STORE })).toMatchObject({
      client_id: 'tool-itself',
      aud: STORE,
    })
    const chain = await startChain()
    expect(await world.ask(chain, undefined, { resource: STORE })).toBe('no_rule_matched')
    const moved = await world.claims(chain, await world.agent('tool-1'), { resource: STORE })
    expect(moved).toMatchObject({ client_id: 'tool-at-store', act: { act: { sub: 'agent-7' } } })
  })

  it('can be refused by the actor that it names', async () => {
    const own = await startActingWorld([
      {
        name: 'agent',
        owner: 'platform@example.com',
        expires: '2099-12-31',
        from: 'people',
        when: { sub: 'user:1' },
        acting_as: { from: 'agents', when: { sub: { glob: 'agent-*' } } },
        grant: { resource: API, scopes: ['read'] },
      },
      { name: 'no-seven', effect: 'deny', from: 'self', when: { 'act.sub': 'agent-7' } },
    ])
    const ask = async (agent: string) => own.ask(await own.person(), await own.agent(agent))
    expect(await own.ask(await ask('agent-7'))).toBe('rule_denied')
    expect(await own.ask(await ask('agent-8'))).toContain('.')
  })
})
