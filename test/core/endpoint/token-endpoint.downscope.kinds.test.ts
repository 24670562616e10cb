import { beforeAll, describe, expect, it } from 'vitest'
import { AUDIENCE, idpOf, narrowForm } from '../../support/vectors.ts'
import { API, granted, type OwnWorld, RULES, startOwnWorld } from '../support/own-world.ts'

const FROM_IDP = {
  ...RULES[0],
  name: 'from-idp',
  from: 'idp',
  when: { sub: { glob: '**' } },
  grant: { resource: API, scopes: ['read', 'write', 'admin'], replay: 'reuse' },
}
const EDGE = {
  provider: 'spiffe-jwt-svid',
  issuer: 'https://edge.example.com',
  trust_domain: 'sts.example.com',
  audience: AUDIENCE,
}

let world: OwnWorld
let own: string
beforeAll(async () => {
  world = await startOwnWorld([...RULES, FROM_IDP], (document, url) => ({
    ...document,
    issuers: {
      ...document.issuers,
      idp: {
        provider: 'generic-oidc',
        issuer: idpOf(url),
        audience: AUDIENCE,
        accepts: ['access_token', 'id_jag'],
      },
      edge: EDGE,
    },
  }))
  own = await world.issue()
})

const mintAtIdp = (claims: Readonly<Record<string, unknown>> = {}) =>
  world.issuer.mint(
    { provider: 'github-actions', audience: AUDIENCE, claims, header: { typ: 'at+jwt' } },
    'idp',
  )

describe('the type access_token, with an issuer that says accepts: [access_token]', () => {
  it('TE-30 TOK-17 is a token of this issuer, and of no chain', async () => {
    const issued = granted(await world.narrow(await mintAtIdp()))
    expect(issued).toMatchObject({ client_id: 'from-idp', scope: 'read write admin' })
    expect(issued).not.toHaveProperty('anc')
  })

  it('TE-30 EXC-07 is a token of this gateway, which no rule of the issuer is for', async () => {
    const { client_id, scope, anc } = granted(await world.narrow(own))
    expect([client_id, scope, anc?.length]).toEqual(['deploy', 'read write', 1])
    expect(await world.narrow(own, { scope: 'admin' })).toBe('scope_not_granted')
    expect(await world.narrow(own, { rule: 'from-idp' })).toBe('no_rule_matched')
  })

  it('ISS-01 EXC-07 is no token of this gateway if the issuer signed it', async () => {
    const forged = { iss: AUDIENCE, aud: API, client_id: 'deploy', scope: 'read write' }
    expect(await world.narrow(await mintAtIdp(forged))).toBe('signature_invalid')
  })

  it('ISS-01 EXC-07 is no token of the issuer if this gateway signed it', async () => {
    const iss = idpOf(`${world.issuer.issuer}/github`)
    expect(await world.narrow(await world.sign({ iss, aud: AUDIENCE }))).toBe('key_unknown')
  })
})

const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type'

/** Presents a token with each grant type that takes it as an assertion. */
async function judge(token: string): Promise<readonly (string | undefined)[]> {
  const { resource } = narrowForm(token)
  const assertions = [
    { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion: token },
    ...['jwt-bearer', 'jwt-spiffe'].map((type) => ({
      grant_type: 'client_credentials',
      client_assertion: token,
      client_assertion_type: `${ASSERTION_TYPE}:${type}`,
    })),
  ]
  const reasons: (string | undefined)[] = []
  for (const form of assertions) {
    const { status } = await world.send({ ...form, resource })
    reasons.push(status === 200 ? 'granted' : world.recorded.at(-1)?.reason)
  }
  return reasons
}

describe('a token of this gateway as an assertion', () => {
  const REFUSED = Array.from({ length: 3 }, () => 'issuer_not_trusted')

  it('EXC-07 is refused', async () => expect(await judge(own)).toEqual(REFUSED))

  it.each(['JWT', 'oauth-id-jag+jwt', 'client-authentication+jwt', undefined])(
    'EXC-07 is refused with the typ %s, whoever it is for',
    async (typ) => {
      const idJag = { client_id: 'deploy', resource: API }
      for (const aud of [API, AUDIENCE]) {
        const token = await world.sign({ ...idJag, aud }, { typ })
        expect(await judge(token)).toEqual(REFUSED)
        expect(await world.narrow(token)).toBe('token_kind_not_accepted')
      }
    },
  )

  it('ISS-06 EXC-07 is refused with a SPIFFE ID of a trust domain of the document', async () => {
    const token = await world.sign({ sub: 'spiffe://sts.example.com/job', aud: AUDIENCE })
    expect(await judge(token)).toEqual(REFUSED)
  })
})
