/** Headers in which a caller describes its own connection have no effect under `edgemint serve`. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startWorld, trustDocument, type World } from './support/world.ts'

/** The rules of the tests, with a condition on the connection as the platform sees it. */
function whereSeen(condition: string) {
  return (issuerUrl: string) => {
    const { rules, ...document } = trustDocument(issuerUrl)
    return { ...document, rules: rules.map((rule) => ({ ...rule, condition })) }
  }
}

let world: World
beforeAll(async () => {
  // The environment cannot turn off the local mode.
  const variables = () => ({ LOCAL_GATEWAY: 'false' })
  world = await startWorld(
    variables,
    whereSeen('request.country == "CH" || request.ip == "192.0.2.1" || request.asn == 64500'),
  )
})
afterAll(() => world.close())

async function exchangeAs(headers: Readonly<Record<string, string>>) {
  const body = world.form(await world.mint())
  const response = await fetch(`${world.url()}/token`, { method: 'POST', headers, body })
  return [response.status, ((await response.json()) as { error: string }).error]
}

const CF = JSON.stringify({ country: 'CH', asn: 64500, tlsVersion: 'TLSv1.3' })

describe('headers that describe the connection of the caller', () => {
  it.each([
    ['no header', {}],
    ['a cf object', { 'mf-cf-blob': CF }],
    ['an address', { 'cf-connecting-ip': '192.0.2.1' }],
    ['a cf object and an address', { 'mf-cf-blob': CF, 'cf-connecting-ip': '192.0.2.1' }],
    ['a cf object that is null', { 'mf-cf-blob': 'null', 'cf-connecting-ip': '192.0.2.1' }],
    ['a cf object that is a list', { 'mf-cf-blob': '[]', 'cf-connecting-ip': '192.0.2.1' }],
    ['a cf object that is not JSON', { 'mf-cf-blob': '{', 'cf-connecting-ip': '192.0.2.1' }],
  ])('RULE-24 have no effect on a local gateway: %s', async (_, headers) => {
    expect(await exchangeAs(headers)).toEqual([400, 'invalid_request'])
  })
})
