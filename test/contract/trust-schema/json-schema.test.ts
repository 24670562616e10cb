import { describe, expect, it } from 'vitest'
import { describeTrustDocument } from '../../../src/contract/trust-schema/json-schema.ts'

type Node = Readonly<Record<string, unknown>>

const schema = describeTrustDocument()

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null
}

/** Returns every object of the schema with its members. */
function objects(node: unknown, at = '#'): readonly { at: string; node: Node; members: Node }[] {
  if (!isNode(node)) return []
  const own = isNode(node.properties) ? [{ at, node, members: node.properties }] : []
  const within = Object.entries(node).flatMap(([name, value]) => objects(value, `${at}/${name}`))
  return [...own, ...within]
}

describe('the schema for editors', () => {
  const keys = objects(schema).flatMap(({ at, members }) =>
    Object.entries(members).map(([name, member]) => [`${at}/${name}`, member] as const),
  )

  it('has the keys that the next tests check', () => {
    expect(keys.length).toBeGreaterThan(35)
  })

  it.each(keys)('describes %s', (_, member) => {
    expect(isNode(member) && member.description).toMatch(/^.+[^\s]$/)
  })

  it('refuses unknown keys, except members of a JSON Web Key', () => {
    const open = objects(schema).filter(({ node }) => node.additionalProperties !== false)
    expect(open.map(({ members }) => Object.keys(members))).toEqual([['keys'], ['kty']])
  })

  it('requires an owner and an expiry in an allow rule, but not in a deny rule', () => {
    const required = objects(schema)
      .filter(({ members }) => 'when' in members && 'name' in members)
      .map(({ node }) => node.required)
    expect(required).toEqual([
      ['name', 'from', 'when', 'owner', 'expires', 'grant'],
      ['name', 'from', 'when', 'effect'],
    ])
  })

  it('can be serialized as JSON', () => {
    expect(JSON.parse(JSON.stringify(schema))).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      title: 'Edgemint trust document',
      required: ['version'],
    })
  })
})
