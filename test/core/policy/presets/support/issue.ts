/**
 * Issues tokens for a resource with a preset, through the token endpoint. The gateway has an ES256,
 * an RS256 and an Ed25519 key, so that the preset decides which one signs.
 */
import { calculateJwkThumbprint, exportJWK } from 'jose'
import { compileTrust } from '../../../../../src/core/policy/compile/compile.ts'
import { createTokenMint } from '../../../../../src/core/tokens/issue.ts'
import {
  importKeyRing,
  type KeyRing,
  publishedKeys,
} from '../../../../../src/core/tokens/keyring.ts'
import type { PresetName } from '../../../../../src/protocol/token.ts'
import { VALIDATORS } from '../../../../support/consumers/index.ts'
import type { Verdict } from '../../../../support/consumers/presented.ts'
import { CEILINGS, type CoreWorld, startCoreWorld } from '../../../../support/core-world.ts'
import { takeKeyPair } from '../../../../support/key-pairs.ts'
import { newTokenId } from '../../../../support/own-tokens.ts'
import { AUDIENCE } from '../../../../support/vectors.ts'

export type Consumer = keyof typeof VALIDATORS

/** What the document says for a consumer, and the audience that the consumer is configured with. */
export type Configured = {
  readonly uri: string
  readonly resource?: Readonly<Record<string, unknown>>
  readonly grant?: Readonly<Record<string, unknown>>
  readonly audience: string
}

/** As the pages of docs/federate-to configure them. */
export const CONFIGURED: Readonly<Record<Consumer, Configured>> = {
  aws: { uri: 'https://sts.amazonaws.com', audience: 'sts.amazonaws.com' },
  google: {
    uri: 'https://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/ci/providers/edgemint',
    audience:
      'https://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/ci/providers/edgemint',
  },
  entra: { uri: 'api://AzureADTokenExchange', audience: 'api://AzureADTokenExchange' },
  vault: { uri: 'https://vault.example.com', audience: 'https://vault.example.com' },
  openbao: { uri: 'https://openbao.example.com', audience: 'https://openbao.example.com' },
  kubernetes: { uri: 'https://kubernetes.example.com', audience: 'https://kubernetes.example.com' },
  snowflake: { uri: 'https://account.snowflakecomputing.com', audience: 'snowflakecomputing.com' },
  databricks: {
    uri: 'https://example.cloud.databricks.com',
    resource: { audience: '11111111-2222-4333-8444-555555555555' },
    audience: '11111111-2222-4333-8444-555555555555',
  },
  fulcio: {
    uri: 'https://fulcio.example.com',
    grant: { subject: 'https://builds.example.com/github/{repository_id}/{environment}' },
    audience: 'sigstore',
  },
  spiffe: {
    uri: 'spiffe://example.org/reports',
    grant: { subject: 'spiffe://example.org/github/{repository_id}/{environment}' },
    audience: 'spiffe://example.org/reports',
  },
}

export type Change = {
  readonly resource?: Readonly<Record<string, unknown>>
  readonly grant?: Readonly<Record<string, unknown>>
}

export function documentFor(
  issuer: string,
  preset: PresetName,
  { uri, resource, grant }: Configured,
  change: Change = {},
) {
  return {
    version: 1,
    issuers: { github: { provider: 'github-actions', issuer, audience: AUDIENCE } },
    resources: { [uri]: { for: preset, scopes: ['use'], ...resource, ...change.resource } },
    rules: [
      {
        name: 'use',
        owner: 'platform@example.com',
        expires: '2099-12-31',
        from: 'github',
        when: { repository_owner_id: '1234567' },
        grant: {
          resource: uri,
          scopes: ['use'],
          subject: 'github:{repository_id}:{environment}',
          ...grant,
          ...change.grant,
        },
      },
    ],
  }
}

let ring: Promise<KeyRing> | undefined

async function threeKeys(): Promise<KeyRing> {
  ring ??= (async () => {
    const secrets = await Promise.all(
      ['ES256', 'RS256', 'Ed25519'].map(async (alg) => {
        const jwk = await exportJWK((await takeKeyPair(alg)).privateKey)
        const kid = await calculateJwkThumbprint(jwk)
        return { name: alg, jwk: JSON.stringify({ ...jwk, alg, kid }) }
      }),
    )
    const { ring: made, problems } = await importKeyRing(secrets)
    if (problems.length > 0) throw new Error(JSON.stringify(problems))
    return made
  })()
  return ring
}

let world: Promise<CoreWorld> | undefined

export type Issued = {
  readonly token: string | undefined
  readonly status: number
  readonly reason: string | undefined
  /** The verdict of the consumer about the token. */
  readonly verdict: Verdict | undefined
}

/** Exchanges a job's token for one of this consumer, and asks the consumer. */
export function issueFor(
  consumer: Consumer,
  claims: Readonly<Record<string, unknown>> = {},
  change: Change = {},
  algorithms: readonly string[] = ['ES256', 'RS256', 'Ed25519'],
): Promise<Issued> {
  const configured = CONFIGURED[consumer]
  const make = (issuer: string) => documentFor(issuer, consumer, configured, change)
  return issueWith(make, { consumer, ...configured, claims, algorithms })
}

/** The same with any document. `uri` is the resource that the job asks for. */
export async function issueWith(
  makeDocument: (issuer: string) => unknown,
  asked: {
    readonly consumer: Consumer
    readonly uri: string
    readonly audience: string
    readonly claims: Readonly<Record<string, unknown>>
    readonly algorithms: readonly string[]
  },
): Promise<Issued> {
  world ??= startCoreWorld()
  const { now, issuer, ports, mint, exchange, recorded } = await world
  const at = now()
  const compiled = compileTrust(makeDocument(`${issuer.issuer}/github`), CEILINGS)
  if ('problems' in compiled) throw new Error(JSON.stringify(compiled.problems))
  const view = { ...(await ports.loadTrust(at)), document: compiled.trust }
  const all = await threeKeys()
  const keys = { keys: all.keys.filter(({ algorithm }) => asked.algorithms.includes(algorithm)) }
  const subjectToken = await mint({ environment: 'production', ...asked.claims })
  const { status, body } = await exchange(
    subjectToken,
    { resource: asked.uri },
    { findMint: createTokenMint(keys, newTokenId), loadTrust: () => view },
  )
  const token = 'access_token' in body ? String(body.access_token) : undefined
  const reason = recorded.at(-1)?.reason
  if (token === undefined) return { token, status, reason, verdict: undefined }
  const verdict = await VALIDATORS[asked.consumer]({
    token,
    at,
    issuer: AUDIENCE,
    keySet: { keys: [...publishedKeys(keys, at, 3600)] },
    audience: asked.audience,
  })
  return { token, status, reason, verdict }
}
