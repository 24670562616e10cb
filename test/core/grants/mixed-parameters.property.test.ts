/**
 * Requests that mix the parameters of several grant types. A token is issued only if the request
 * presents one token, in the place of its grant type, and no secret.
 */
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { GRANT_TYPES } from '../../../src/core/grants/index.ts'
import { type CoreWorld, startCoreWorld } from '../../support/core-world.ts'
import { runs } from '../../support/runs.ts'
import { API, ASSERTION_TYPE, OTHER } from '../support/grant-forms.ts'

const TYPE = 'urn:ietf:params:oauth:token-type'
/** The place of the token of each grant type. */
const PLACES: Readonly<Record<string, string>> = {
  'urn:ietf:params:oauth:grant-type:token-exchange': 'subject_token',
  'urn:ietf:params:oauth:grant-type:jwt-bearer': 'assertion',
  client_credentials: 'client_assertion',
}
const TOKENS = Object.values(PLACES)
const ERRORS = ['invalid_request', 'invalid_target', 'invalid_scope', 'invalid_client']

let world: CoreWorld
let token = ''

beforeAll(async () => {
  world = await startCoreWorld()
  token = await world.mint()
})

type Form = Readonly<Record<string, string>>

const oneOf = (...values: readonly string[]) => fc.constantFrom('', ...values)

const VALUES = {
  subject_token: oneOf('TOKEN', 'x'),
  subject_token_type: oneOf(`${TYPE}:jwt`, `${TYPE}:id_token`, `${TYPE}:access_token`, 'x'),
  requested_token_type: oneOf(`${TYPE}:jwt`, 'x'),
  actor_token: oneOf('TOKEN'),
  assertion: oneOf('TOKEN', 'x'),
  client_assertion: oneOf('TOKEN', 'x'),
  client_assertion_type: oneOf(`${ASSERTION_TYPE}:jwt-bearer`, `${ASSERTION_TYPE}:jwt-spiffe`),
  client_id: oneOf('deploy', 'nobody'),
  client_secret: oneOf('x'),
  resource: oneOf(API, OTHER),
  audience: oneOf(API, OTHER),
  scope: oneOf('deploy:read', 'x'),
} as const

/** Few parameters at a time. Otherwise almost every request would be refused for several reasons. */
const parameters = fc
  .uniqueArray(fc.constantFrom(...Object.keys(VALUES)), { maxLength: 3 })
  .chain((names) =>
    fc
      .tuple(...names.map((name) => VALUES[name as keyof typeof VALUES]))
      .map(
        (values): Form =>
          Object.fromEntries(names.map((name, index) => [name, values[index] ?? ''])),
      ),
  )

/** A request that would be granted, before other parameters are mixed into it. */
const good = fc.constantFrom(...GRANT_TYPES.map(({ name }) => name)).map((grant_type): Form => {
  const place = PLACES[grant_type] ?? ''
  const types = {
    subject_token: { subject_token_type: `${TYPE}:jwt` },
    client_assertion: { client_assertion_type: `${ASSERTION_TYPE}:jwt-bearer` },
  }
  const type = place in types ? types[place as keyof typeof types] : {}
  return { grant_type, resource: API, [place]: 'TOKEN', ...type }
})

function send(form: Form, authorization: string | undefined) {
  const entries = Object.entries(form).map(([name, value]) => [
    name,
    value === 'TOKEN' ? token : value,
  ])
  const ports = { claimReplay: async () => true }
  return world.send(Object.fromEntries(entries), {
    ports,
    ...(authorization === undefined ? {} : { authorization }),
  })
}

const isSent = (form: Form, name: string) => (form[name] ?? '') !== ''

describe('a request with the parameters of several grant types', () => {
  it('EXC-03 TE-18 is granted only with one token in its place and without a secret', async () => {
    let granted = 0
    await fc.assert(
      fc.asyncProperty(
        good,
        parameters,
        fc.constantFrom(undefined, `Basic ${btoa('deploy:')}`, `Basic ${btoa('deploy:x')}`),
        async (request, mixed, authorization) => {
          const form: Form = { ...request, ...mixed }
          const { status, headers, body } = await send(form, authorization)
          const place = PLACES[form.grant_type ?? ''] ?? ''
          if (status === 200) {
            granted += 1
            expect(TOKENS.filter((name) => isSent(form, name))).toEqual([place])
            expect(form[place]).toBe('TOKEN')
            expect(isSent(form, 'client_secret') || isSent(form, 'actor_token')).toBe(false)
            expect(authorization ?? '').not.toBe(`Basic ${btoa('deploy:x')}`)
            const isNobody = form.client_id === 'nobody'
            expect(place === 'client_assertion' && isNobody).toBe(false)
            return
          }
          const own = GRANT_TYPES.find(({ name }) => name === form.grant_type)
          const allowed = [...ERRORS, own?.errors.assertion.error, own?.errors.decision.error]
          expect(allowed).toContain('error' in body ? body.error : '')
          expect([400, 401]).toContain(status)
          expect('www-authenticate' in headers).toBe(status === 401)
        },
      ),
      runs(300),
    )
    // Otherwise the property would hold for a gateway that refuses everything.
    expect(granted).toBeGreaterThan(0)
  }, 60_000)

  it('EXC-03 is refused for every pair of a good request and a token of another grant type', async () => {
    for (const { name } of GRANT_TYPES) {
      const place = PLACES[name] ?? ''
      const [request] = fc.sample(
        good.filter(({ grant_type }) => grant_type === name),
        1,
      )
      expect((await send(request ?? {}, undefined)).status).toBe(200)
      for (const other of TOKENS.filter((one) => one !== place)) {
        const { status } = await send({ ...request, [other]: 'TOKEN' }, undefined)
        expect([name, other, status]).toEqual([name, other, 400])
        expect(['parameter_of_another_grant', 'client_authentication_unsupported']).toContain(
          world.recorded.at(-1)?.reason,
        )
      }
    }
  })
})
