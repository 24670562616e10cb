import { decodeJwt } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import { API, granted, type OwnWorld, startOwnWorld, TOOL } from '../support/own-world.ts'

const OLD_TOOL = 'https://old-tool.example.com'
const API_NAMES: readonly Readonly<Record<string, string>>[] = [
  { resource: API },
  { resource: 'HTTPS://API.example.com:443' },
  { resource: '', audience: 'deploy-api' },
  { resource: '', audience: 'the-api' },
]

let world: OwnWorld
let parent: string
beforeAll(async () => {
  world = await startOwnWorld(undefined, (document) => ({
    ...document,
    resources: {
      ...document.resources,
      [API]: {
        scopes: ['read', 'write', 'admin'],
        audience: 'deploy-api',
        also_known_as: ['the-api'],
      },
      [TOOL]: { scopes: ['call', 'list'], also_known_as: [OLD_TOOL] },
    },
  }))
  parent = await world.issue()
})

describe('a token of a resource whose audience is no URI', () => {
  it.each(API_NAMES)('EXC-05 EXC-07 is narrowed for the resource under %j', async (name) => {
    const narrowed = granted(await world.narrow(parent, { ...name, scope: 'read' }))
    expect(narrowed).toMatchObject({ aud: 'deploy-api', client_id: 'deploy', scope: 'read' })
    expect(narrowed.anc).toMatchObject([{ aud: 'deploy-api' }])
    expect(await world.narrow(parent, { ...name, scope: 'admin' })).toBe('scope_not_granted')
  })

  it.each(API_NAMES)('EXC-07 wins back no scope under %j', async (name) => {
    const reading = await world.tokenOf(parent, { scope: 'read' })
    expect(await world.narrow(reading, { ...name, scope: 'write' })).toBe('scope_not_granted')
    const moved = await world.tokenOf(reading, { resource: TOOL })
    expect(decodeJwt(moved)).toMatchObject({ aud: TOOL, client_id: 'tool' })
    expect(await world.narrow(moved, name)).toBe('resource_left')
  })
})

describe('a token that was issued before the document changed', () => {
  it.each([API, 'the-api'])(
    'EXC-07 leads to no token for its resource, with another name as aud: %s',
    async (aud) => {
      const rules = { client_id: 'tool', scope: 'read' }
      const token = await world.sign({ ...rules, aud })
      expect(await world.narrow(token)).toBe('resource_left')
      const anc = [{ jti: 'a', iat: world.now(), client_id: 'deploy', aud }]
      const moved = await world.sign({ ...rules, aud: TOOL, anc })
      expect(await world.narrow(moved)).toBe('resource_left')
    },
  )

  it('EXC-07 leads to another resource as before', async () => {
    const token = await world.sign({ aud: API })
    expect(granted(await world.narrow(token, { resource: TOOL })).aud).toBe(TOOL)
  })

  it('EXC-07 is no token of a resource that has its name now', async () => {
    const token = await world.sign({ aud: OLD_TOOL, scope: 'call', client_id: 'tool' })
    expect(await world.narrow(token, { resource: TOOL })).toBe('resource_left')
    expect(await world.narrow(token, { resource: OLD_TOOL })).toBe('resource_left')
  })
})

describe('a request without a resource', () => {
  const none = { resource: '' }

  it('EXC-07 is for the resource of the token, and not for that of a rule from self', async () => {
    const narrowed = granted(await world.narrow(parent, none))
    expect(narrowed).toMatchObject({ aud: 'deploy-api', client_id: 'deploy', scope: 'read write' })
    const moved = await world.tokenOf(parent, { resource: TOOL })
    expect(granted(await world.narrow(moved, none)).aud).toBe(TOOL)
  })

  it('EXC-07 is refused if the document no longer has the resource', async () => {
    const token = await world.sign({ aud: 'https://gone.example.com' })
    expect(await world.narrow(token, none)).toBe('target_missing')
  })
})
