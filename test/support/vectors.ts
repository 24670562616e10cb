/**
 * Reads the vectors of `test/vectors/denials.json`. Each row becomes a request that differs from a
 * valid one only by that row. Core tests and black-box tests run the same rows.
 */

import type { DenialReason } from '../../src/core/denial.ts'
import type { DevIssuer } from '../../src/dev/issuer/issuer.ts'
import rows from '../vectors/denials.json' with { type: 'json' }
import { createProofHolder, type ProofHolder } from './dpop.ts'
import { tamper } from './tamper.ts'

type Change = Readonly<Record<string, unknown>>

type Minted = {
  readonly path?: string
  readonly audience?: string
  readonly claims?: Change
  readonly from_now?: Readonly<Record<string, number>>
  readonly header?: Change
  readonly algorithm?: string
  readonly lifetimeSeconds?: number
}

export type Vector = {
  readonly name: string
  readonly reason: DenialReason
  readonly status: number
  readonly error: string
  readonly path?: string
  /** Changes to the form: null removes a parameter, a list repeats it. */
  readonly form?: Readonly<Record<string, string | readonly string[] | null>>
  readonly body?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly mint?: Minted
  /** How the token of the placeholder `{actor}` differs from a valid one. */
  readonly actor?: Minted
  /** A good DPoP proof with changed claims. */
  readonly proof?: { readonly claims?: Change }
  readonly tamper?: 'alg_none' | 'signature' | 'payload'
}

/** Signs subject tokens: the dev issuer, with or without its server. */
export type Minter = Pick<DevIssuer, 'issuer' | 'mint'>

/** The cast is safe because the tests run every row of the file. */
export const VECTORS = rows as unknown as readonly Vector[]

export const AUDIENCE = 'https://sts.example.com'

/** Returns the trust document of the vectors. */
export function vectorTrust(issuerUrl: string) {
  const job = {
    repository_owner_id: '1234567',
    repository_id: '456789012',
    ref: 'refs/heads/main',
  }
  const head = { owner: 'platform@example.com', expires: '2099-12-31', from: 'github', when: job }
  return {
    version: 1,
    issuers: {
      github: { provider: 'github-actions', issuer: issuerUrl, audience: AUDIENCE },
      keyless: {
        provider: 'github-actions',
        issuer: issuerUrl.replace(/github$/, 'keyless'),
        audience: AUDIENCE,
        keys: { jwks: { keys: [] } },
      },
      idp: {
        provider: 'generic-oidc',
        issuer: idpOf(issuerUrl),
        audience: AUDIENCE,
        accepts: ['access_token', 'id_jag'],
      },
    },
    resources: {
      'https://api.example.com': { scopes: ['deploy:read', 'deploy:write', 'deploy:admin'] },
      'https://other.example.com': { scopes: ['read'] },
      'https://bound.example.com': { scopes: ['read'], proof_of_possession: 'required' },
      'https://unbound.example.com': { scopes: ['read'], proof_of_possession: 'none' },
    },
    rules: [
      {
        ...head,
        name: 'deploy',
        grant: { resource: 'https://api.example.com', scopes: ['deploy:read', 'deploy:write'] },
      },
      {
        ...head,
        name: 'other',
        grant: {
          resource: 'https://other.example.com',
          scopes: ['read'],
          subject: 'github:{repository_id}:{environment}',
        },
      },
      {
        ...head,
        name: 'idp',
        from: 'idp',
        grant: { resource: 'https://api.example.com', scopes: ['deploy:read', 'deploy:write'] },
      },
      {
        ...head,
        name: 'from-deploy-to-other',
        from: 'self',
        when: { client_id: 'deploy' },
        grant: { resource: 'https://other.example.com', scopes: ['read'] },
      },
      {
        ...head,
        name: 'agents',
        from: 'self',
        when: { aud: 'https://api.example.com' },
        acting_as: { from: 'idp', when: { sub: { glob: 'agent-*' } } },
        grant: { resource: 'https://api.example.com', scopes: ['deploy:read'] },
      },
      {
        ...head,
        name: 'one-for-each-job',
        when: { ...job, ref: 'refs/heads/one' },
        grant: {
          resource: 'https://api.example.com',
          scopes: ['deploy:read'],
          budget: { grants: 1 },
        },
      },
      {
        ...head,
        name: 'bound',
        when: { ...job, ref: 'refs/heads/bound' },
        grant: { resource: 'https://bound.example.com', scopes: ['read'] },
      },
      {
        ...head,
        name: 'unbound',
        when: { ...job, ref: 'refs/heads/bound' },
        grant: { resource: 'https://unbound.example.com', scopes: ['read'] },
      },
      {
        ...head,
        name: 'stopped',
        when: { ...job, ref: 'refs/heads/stopped' },
        grant: { resource: 'https://api.example.com', scopes: ['deploy:read'] },
      },
      {
        name: 'never-self-hosted',
        effect: 'deny',
        from: 'github',
        when: { runner_environment: 'self-hosted' },
      },
    ],
  }
}

/** The claim of a job that may get one token. A vector presents its second one. */
export const SPENT_JOB = { ref: 'refs/heads/one' }

/** The URL of the identity provider beside the issuer of the jobs. */
export function idpOf(issuerUrl: string): string {
  return issuerUrl.replace(/github$/, 'idp')
}

export type VectorRequest = {
  readonly path: string
  readonly body: string
  readonly headers: Readonly<Record<string, string>>
}

/**
 * The values of the placeholders of a vector: `{issued}`, `{used}` and so on.
 */
export type Tokens = {
  /** A token that the rule `deploy` granted. */
  readonly issued: string
  /** A subject token that was already exchanged. */
  readonly used: string
  /** A token that the rule `other` granted. */
  readonly other: string
  /** A DPoP proof that was already used. */
  readonly usedProof: string
  /** A token for the gateway itself, with `revocations:write`. */
  readonly admin: string
  /** A revoked token that the rule `deploy` granted. */
  readonly revoked: string
  /** A token with as many ancestors as a token can have. */
  readonly last: string
  /** A token that names as many actors as a token can name. */
  readonly acted: string
  /** A token for the other resource that descends from a token of the rule `deploy`. */
  readonly moved: string
  /** The issuer URL of the gateway. */
  readonly gateway: string
}

/** Makes the request of a vector. Its issuer is at the path `github` of the dev issuer. */
export async function makeRequest(
  vector: Vector,
  issuer: Minter,
  now: number,
  tokens: Tokens,
): Promise<VectorRequest> {
  const subject = tamper(vector.tamper, await mint(vector.mint, issuer, now, tokens.gateway))
  const actor = await mint({ ...ACTOR, ...vector.actor }, issuer, now, tokens.gateway)
  const path = vector.path ?? '/token'
  const good: Vector['form'] = path === '/token' ? exchangeForm(subject) : {}
  const fill = (text: string) =>
    text
      .replace('{issued}', tokens.issued)
      .replace('{other}', tokens.other)
      .replace('{admin}', tokens.admin)
      .replace('{used}', tokens.used)
      .replace('{used_proof}', tokens.usedProof)
      .replace('{revoked}', tokens.revoked)
      .replace('{last}', tokens.last)
      .replace('{acted}', tokens.acted)
      .replace('{actor}', actor)
      .replace('{moved}', tokens.moved)
      .replace('{gateway}', tokens.gateway)
      .replace('{subject}', subject)
      .replace(/\{(\d+) KiB\}/, (_, kibibytes: string) => 'x'.repeat(Number(kibibytes) * 1024))
  const form = new URLSearchParams()
  for (const [name, value] of Object.entries({ ...good, ...vector.form })) {
    if (value === null) continue
    for (const one of typeof value === 'string' ? [value] : value) form.append(name, fill(one))
  }
  const headers = Object.entries(vector.headers ?? {}).map(([name, value]) => [name, fill(value)])
  const { proof } = vector
  if (proof !== undefined) headers.push(['dpop', await prove(now, tokens.gateway, proof.claims)])
  return {
    path,
    body: vector.body ?? form.toString(),
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      ...Object.fromEntries(headers),
    },
  }
}

/** A proof for the token endpoint of this gateway, with changed claims. */
export async function prove(now: number, gateway: string, change: Change = {}): Promise<string> {
  const claims = { jti: crypto.randomUUID(), htm: 'POST', htu: `${gateway}/token`, iat: now }
  holder ??= createProofHolder()
  return (await holder).prove({ ...claims, ...change })
}

let holder: Promise<ProofHolder> | undefined

/** The parameters of an exchange of a token of the gateway. */
export function narrowForm(ownToken: string, resource?: string) {
  const subject_token_type = 'urn:ietf:params:oauth:token-type:access_token'
  return { ...exchangeForm(ownToken, resource), subject_token_type }
}

export function exchangeForm(subjectToken: string, resource = 'https://api.example.com') {
  return {
    grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
    subject_token: subjectToken,
    subject_token_type: 'urn:ietf:params:oauth:token-type:id_token',
    resource,
  }
}

/** The token of an agent of the identity provider. */
const ACTOR = { path: 'idp', claims: { sub: 'agent' } } as const satisfies Minted

function mint(
  { path = 'github', claims = {}, from_now: moved = {}, ...rest }: Minted = {},
  issuer: Minter,
  now: number,
  gateway: string,
): Promise<string> {
  const audience = (rest.audience ?? AUDIENCE).replace('{gateway}', gateway)
  const times = Object.entries(moved).map(([name, seconds]) => [name, now + seconds])
  const text = JSON.stringify({ ...claims, ...Object.fromEntries(times) })
  const placed = JSON.parse(text.replaceAll('{issuer}', `${issuer.issuer}/github`)) as Change
  return issuer.mint({ provider: 'github-actions', ...rest, audience, claims: placed }, path)
}
