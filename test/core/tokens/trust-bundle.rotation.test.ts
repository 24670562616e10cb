/**
 * Rotates the keys of the trust domain and moves the clock. Whoever fetches the bundle as often as
 * it asks accepts every JWT-SVID: signed at any moment, with any bundle fetched up to the refresh
 * hint before it was signed, or at any time afterwards.
 */
import { exportJWK } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import { SPIFFE_REFRESH_HINT_SECONDS as HINT } from '../../../src/contract/limits.ts'
import { sealIdentity } from '../../../src/core/evidence/identity.ts'
import { compileTrust } from '../../../src/core/policy/compile/compile.ts'
import type { Resource } from '../../../src/core/policy/compile/compiled.ts'
import { createTokenMint } from '../../../src/core/tokens/issue.ts'
import { importKeyRing, type KeyRing } from '../../../src/core/tokens/keyring.ts'
import { describeTrustBundle } from '../../../src/core/tokens/trust-bundle.ts'
import { CEILINGS } from '../../support/core-world.ts'
import { takeKeyPair } from '../../support/key-pairs.ts'
import { newTokenId } from '../../support/own-tokens.ts'
import { validateSvid } from '../../support/svid.ts'

const START = 1_800_000_000
const DOMAIN = 'acme.dev'
const AUDIENCE = 'spiffe://acme.dev/reports'
const SUBJECT = 'spiffe://acme.dev/ci/42'
const LIFETIMES = [60, 3600] as const

/** The first key signs until `RETIRES`, and the second from `ACTIVATES`. */
const ACTIVATES = START + 7200
const RETIRES = ACTIVATES + 600

type Deployment = { readonly from: number; readonly ring: KeyRing }

let first: string
let second: string

async function newSecret(dates: Readonly<Record<string, number>>): Promise<string> {
  const { privateKey } = await takeKeyPair('ES256')
  const moments = Object.entries(dates).map(([name, at]) => [
    name,
    new Date(at * 1000).toISOString().replace('.000Z', 'Z'),
  ])
  const jwk = { ...(await exportJWK(privateKey)), alg: 'ES256', ...Object.fromEntries(moments) }
  return JSON.stringify(jwk)
}

async function ringOf(...secrets: readonly string[]): Promise<KeyRing> {
  const named = secrets.map((jwk, index) => ({ name: `SIGNING_KEY_${index}`, jwk }))
  const { ring, problems } = await importKeyRing(named)
  expect(problems).toEqual([])
  return ring
}

/** The second key is deployed `lead` seconds before it signs. The first is removed at the end. */
async function rotation(lead: number, lifetime: number): Promise<readonly Deployment[]> {
  return [
    { from: 0, ring: await ringOf(first) },
    { from: ACTIVATES - lead, ring: await ringOf(first, second) },
    { from: RETIRES + Math.max(lifetime, HINT) + 60, ring: await ringOf(second) },
  ]
}

const ringAt = (deployments: readonly Deployment[], at: number): KeyRing =>
  deployments.findLast(({ from }) => from <= at)?.ring ?? { keys: [] }

function svidResource(): Resource {
  const resources = { [AUDIENCE]: { for: 'spiffe', scopes: ['call'] } }
  const compiled = compileTrust({ version: 1, resources }, { ...CEILINGS, trustDomain: DOMAIN })
  const [resource] = 'trust' in compiled ? compiled.trust.resources.values() : []
  if (resource === undefined) throw new Error(JSON.stringify(compiled))
  return resource
}

async function sign(ring: KeyRing, at: number, lifetimeSeconds: number): Promise<string> {
  const resource = svidResource()
  const identity = { issuer: 'https://i.example', subject: 's', tokenId: 't' } as const
  const mint = createTokenMint(ring, newTokenId)?.(resource, at)
  const issued = await mint?.({
    gatewayIssuer: CEILINGS.gatewayIssuer,
    identity: sealIdentity({ ...identity, expiresAt: at + 60, claims: {} }),
    rule: 'svid',
    resource,
    scopes: ['call'],
    lifetimeSeconds,
    subject: SUBJECT,
    claims: {},
    revision: 1,
    issuedAt: at,
  })
  return issued?.token ?? ''
}

/** Every moment at which something changes, and the seconds around it. */
function moments(lead: number, lifetime: number): readonly number[] {
  const turns = [START, ACTIVATES - lead, ACTIVATES, RETIRES, RETIRES + lifetime + 30]
  const near = [-HINT, -1, 0, 1, HINT]
  return turns.flatMap((turn) => near.map((step) => turn + step)).toSorted((a, b) => a - b)
}

/** The outcomes of all JWT-SVIDs with all bundles, each once. */
async function outcomes(lead: number, lifetime: number): Promise<ReadonlySet<string>> {
  const deployments = await rotation(lead, lifetime)
  const found = new Set<string>()
  for (const signedAt of moments(lead, lifetime)) {
    const token = await sign(ringAt(deployments, signedAt), signedAt, lifetime)
    for (const step of [-HINT, -HINT + 1, -1, 0, 1, HINT - 1, HINT, lifetime - 1]) {
      const fetchedAt = signedAt + step
      const bundle = describeTrustBundle(ringAt(deployments, fetchedAt), fetchedAt, lifetime)
      const at = Math.max(signedAt, fetchedAt)
      if (at >= signedAt + lifetime) continue
      found.add(await validateSvid(token, bundle, { trustDomain: DOMAIN, audience: AUDIENCE, at }))
    }
  }
  return found
}

beforeAll(async () => {
  first = await newSecret({ retires_at: RETIRES })
  second = await newSecret({ activates_at: ACTIVATES })
})

describe('a rotation of the keys of the trust domain', () => {
  it.each(LIFETIMES)('JK-07 refuses no JWT-SVID that lives %d seconds', async (lifetime) => {
    expect(await outcomes(HINT, lifetime)).toEqual(new Set([SUBJECT]))
  })

  it('JK-07 refuses some if the new key was published too late', async () => {
    expect(await outcomes(HINT - 1, 3600)).toEqual(new Set([SUBJECT, 'key']))
  })

  it('SP-09 raises the sequence number with each change of the keys, and never lowers it', async () => {
    const deployments = await rotation(HINT, 3600)
    let last = describeTrustBundle(ringAt(deployments, START), START, 3600)
    const seen = new Set([JSON.stringify(last.keys)])
    for (let at = START; at < RETIRES + 7200; at += 20) {
      const bundle = describeTrustBundle(ringAt(deployments, at), at, 3600)
      expect(bundle.spiffe_sequence).toBeGreaterThanOrEqual(last.spiffe_sequence)
      const keys = JSON.stringify(bundle.keys)
      if (keys !== JSON.stringify(last.keys)) {
        expect(bundle.spiffe_sequence).toBeGreaterThan(last.spiffe_sequence)
      }
      seen.add(keys)
      last = bundle
    }
    expect(seen.size).toBe(3)
  })

  it('SP-09 a bundle without a compromised key has a higher sequence number', async () => {
    const before = describeTrustBundle(await ringOf(first, second), ACTIVATES, 3600)
    const after = describeTrustBundle(await ringOf(first), ACTIVATES + 1, 3600)
    expect(after.keys).toHaveLength(1)
    expect(after.spiffe_sequence).toBeGreaterThan(before.spiffe_sequence)
  })
})
