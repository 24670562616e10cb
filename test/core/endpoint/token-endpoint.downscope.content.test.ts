import { decodeJwt } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import { API, granted, type OwnWorld, RULES, startOwnWorld, TOOL } from '../support/own-world.ts'

const TREES = {
  'https://aws.amazon.com/tags': {
    principal_tags: { Repository: ['{repository_id}'] },
    transitive_tag_keys: ['Repository'],
  },
  limits: { level: 3, isTrial: false, notes: [1, { sub: 'x', anc: 'y' }] },
  level: 7,
}
const SUBJECT = 'https://jobs.example.com/{repository_id}/{job_workflow_ref}'
const [deploy, tool, ...others] = RULES

let world: OwnWorld
let parent: string
beforeAll(async () => {
  const rules = [
    { ...deploy, grant: { ...deploy.grant, subject: SUBJECT, claims: TREES } },
    { ...tool, when: { client_id: 'deploy', 'limits.level': 3 } },
    {
      ...tool,
      name: 'to-text',
      when: { client_id: 'deploy' },
      grant: { resource: TEXT, scopes: ['put'] },
    },
    ...others,
  ]
  world = await startOwnWorld(rules, (document) => ({
    ...document,
    resources: {
      ...document.resources,
      [API]: { scopes: ['read', 'write', 'admin'], subject: 'uri' },
      [TOOL]: { scopes: ['call', 'list'], subject: 'uri' },
      [TEXT]: { scopes: ['put'] },
    },
  }))
  parent = await world.issue()
})

const TEXT = 'https://text.example.com'
const faultOf = () => world.recorded.at(-1)?.template

describe('claims that are lists and objects', () => {
  it('MAP-02 are the same in a narrower token', async () => {
    const before = decodeJwt(parent)
    expect(before).toMatchObject({ limits: TREES.limits, level: 7 })
    const names = Object.keys(TREES)
    let token = parent
    for (const scope of ['read write', 'read']) {
      token = await world.tokenOf(token, { scope })
      const claims = decodeJwt(token)
      expect(names.map((name) => claims[name])).toEqual(names.map((name) => before[name]))
    }
  })

  it('MAP-02 are read by a rule from self, and stay at their resource', async () => {
    const moved = granted(await world.narrow(parent, { resource: TOOL }))
    expect(moved).toMatchObject({ client_id: 'tool', via: 'deploy' })
    for (const name of Object.keys(TREES)) expect(moved).not.toHaveProperty([name])
    const other = await world.sign({ limits: { level: 2 }, sub: 'urn:acme:job' })
    expect(await world.narrow(other, { resource: TOOL })).toBe('no_rule_matched')
  })
})

describe('the subject of a chain, at resources with subject: uri', () => {
  it('MAP-05 is the URI of the first token', async () => {
    const { sub } = decodeJwt(parent)
    expect(sub).toMatch(/^https:\/\/jobs\.example\.com\/456789012\/.*%2F/)
    for (const resource of [API, TOOL]) {
      expect(granted(await world.narrow(parent, { resource })).sub).toBe(sub)
    }
  })

  it.each([
    'github:456789012:production deploy',
    'job',
    'https://jobs.example.com/a b',
    'https://jobs.example.com/../b',
    'https://JOBS.example.com/a',
    'https://jobs.example.com/a?b',
    'https://jobs.example.com/%2f',
    'spiffe://acme.dev/a%20b',
    'spiffe://acme.dev/',
  ])('MAP-05 is no other text: %s', async (sub) => {
    const token = await world.sign({ sub, limits: { level: 3 } })
    expect(await world.narrow(token, { resource: TOOL })).toBe('template_unrenderable')
    expect(faultOf()).toEqual({ template: 'subject', cause: 'unusable' })
    expect(await world.narrow(token)).toBe('no_rule_matched')
    // A resource without this setting takes any subject.
    expect(granted(await world.narrow(token, { resource: TEXT })).sub).toBe(sub)
  })

  it('MAP-05 has the longest form of its kind at most', async () => {
    const sub = `spiffe://acme.dev/${'a'.repeat(300)}`
    const token = await world.sign({ sub, limits: { level: 3 } })
    for (const resource of [API, TOOL]) {
      expect(granted(await world.narrow(token, { resource })).sub).toBe(sub)
    }
    expect(await world.narrow(token, { resource: TEXT })).toBe('template_unrenderable')
    expect(faultOf()).toMatchObject({ cause: 'result_too_long', length: 318, limit: 255 })
  })
})
