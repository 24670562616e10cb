/** Keys, subject tokens, forms and trust documents of any size for the benchmark. */
import { randomUUID } from 'node:crypto'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import type { DevIssuer } from '../../dist/dev/index.js'

export type SigningAlgorithm = 'ES256' | 'Ed25519' | 'RS256'

/** About so many characters. `ordinary` is the full claim set of GitHub Actions, 1.8 KB. */
export type TokenSize = 'ordinary' | '1 KB' | '8 KB'

/**
 * The rules that do not match: other repositories by exact ids, the same with the shortest grant, or
 * globs of the very owner whose token is exchanged.
 */
export type RuleShape = 'exact' | 'short' | 'globs of one owner'

export const GATEWAY_URL = 'https://sts.example.com'
export const RESOURCE = 'https://api.example.com'
const SCOPES = ['deploy:read', 'deploy:write']
const OWNER_ID = '1234567'
const REPOSITORY_ID = '456789012'
/** As long as a profile lets a token of GitHub live in a benchmark; a row takes minutes. */
const LIFETIME_SECONDS = 3600
const RSA_BITS = 2048

/** A private JWK as the secret of a deployment would hold it. */
export async function makeKey(algorithm: SigningAlgorithm): Promise<string> {
  const { privateKey } = await generateKeyPair(algorithm, {
    extractable: true,
    ...(algorithm === 'RS256' ? { modulusLength: RSA_BITS } : {}),
  })
  return JSON.stringify({ ...(await exportJWK(privateKey)), alg: algorithm })
}

/** What a token of 1 KB leaves out: rules of the benchmark do not read them. */
const OPTIONAL_CLAIMS = [
  'repository_owner',
  'run_number',
  'run_attempt',
  'repository_visibility',
  'actor_id',
  'actor',
  'workflow',
  'head_ref',
  'base_ref',
  'ref_protected',
  'ref_type',
  'workflow_ref',
  'workflow_sha',
  'job_workflow_sha',
  'runner_environment',
  'check_run_id',
  'run_id',
  'nbf',
]
/** Further claims of a token of 8 KB, such as properties of the repository. */
const EXTRA_CLAIMS = 36
const EXTRA_CHARACTERS = 104

function claimsOfSize(size: TokenSize): Record<string, string | null> {
  switch (size) {
    case 'ordinary':
      return {}
    case '1 KB':
      return Object.fromEntries(OPTIONAL_CLAIMS.map((name) => [name, null]))
    case '8 KB':
      return Object.fromEntries(
        Array.from({ length: EXTRA_CLAIMS }, (_, index) => [
          `repo_property_number_${index}`,
          'value '.repeat(EXTRA_CHARACTERS / 6),
        ]),
      )
  }
}

export type TokenShape = { readonly size: TokenSize; readonly ref?: string }

/** Each has a `jti` of its own. */
export function mintTokens(
  issuer: DevIssuer,
  { size, ref }: TokenShape,
  count: number,
): Promise<string[]> {
  const claims = { ...claimsOfSize(size), ...(ref === undefined ? {} : { ref }) }
  const mint = () =>
    issuer.mint({
      provider: 'github-actions',
      audience: GATEWAY_URL,
      lifetimeSeconds: LIFETIME_SECONDS,
      claims,
    })
  return Promise.all(Array.from({ length: count }, mint))
}

const proofKeys = generateKeyPair('ES256')

/** DPoP proofs of one client, each with an id of its own. They are accepted for a minute. */
export async function makeProofs(count: number): Promise<readonly string[]> {
  const { publicKey, privateKey } = await proofKeys
  const jwk = await exportJWK(publicKey)
  const claims = { htm: 'POST', htu: `${GATEWAY_URL}/token` }
  const make = () =>
    new SignJWT({ ...claims, jti: randomUUID() })
      .setProtectedHeader({ typ: 'dpop+jwt', alg: 'ES256', jwk })
      .setIssuedAt()
      .sign(privateKey)
  return Promise.all(Array.from({ length: count }, make))
}

export type GrantType = 'token exchange' | 'jwt-bearer' | 'client_credentials'

/** The body of an exchange. */
export function renderForm(token: string, grantType: GrantType = 'token exchange'): string {
  return new URLSearchParams({ ...parametersOf(grantType, token), resource: RESOURCE }).toString()
}

function parametersOf(grantType: GrantType, token: string): Record<string, string> {
  switch (grantType) {
    case 'token exchange':
      return {
        grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
        subject_token: token,
        subject_token_type: 'urn:ietf:params:oauth:token-type:id_token',
      }
    case 'jwt-bearer':
      return { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion: token }
    case 'client_credentials':
      return {
        grant_type: grantType,
        client_assertion: token,
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      }
  }
}

export type TrustShape = {
  readonly rules: number
  readonly shape: RuleShape
  readonly replay: 'once' | 'reuse'
  readonly audit?: 'strict' | 'standard'
}

/** The rule that matches is last. */
export function makeTrust(
  issuerUrl: string,
  { rules, shape, replay, audit = 'standard' }: TrustShape,
): object {
  const makeRule = (name: string, when: object) => ({
    name,
    owner: 'platform@example.com',
    expires: '2099-12-31',
    from: 'github',
    when,
    grant: {
      resource: RESOURCE,
      scopes: SCOPES,
      subject: 'github:{repository_id}:{environment}',
      claims: { repository: '{repository}', commit: '{sha}' },
      replay,
    },
  })
  const exact = (owner: string, repository: string) => ({
    repository_owner_id: owner,
    repository_id: repository,
    ref: 'refs/heads/main',
    event_name: { not: ['pull_request', 'pull_request_target'] },
  })
  const glob = (file: string) => ({
    repository_owner_id: OWNER_ID,
    ref: { glob: 'refs/heads/*' },
    job_workflow_ref: { glob: `acme/*/.github/workflows/${file}.yml@refs/**` },
  })
  /** 100,000 of these fit into the largest document. */
  const short = (index: number) => ({
    name: `r${index}`,
    owner: 'ops',
    expires: '2099-12-31',
    from: 'github',
    when: {
      repository_owner_id: String(9_000_000 + (index % 500)),
      repository_id: String(800_000_000 + index),
      ref: 'refs/heads/main',
    },
    grant: { resource: RESOURCE, scopes: ['deploy:read'] },
  })
  const other = (index: number) =>
    makeRule(
      `rule-${index}`,
      shape === 'exact'
        ? exact(String(9_000_000 + (index % 500)), String(800_000_000 + index))
        : glob(`deploy-${index}`),
    )
  const others = Array.from({ length: rules - 1 }, (_, index) =>
    shape === 'short' ? short(index) : other(index),
  )
  const last = shape === 'globs of one owner' ? glob('deploy') : exact(OWNER_ID, REPOSITORY_ID)
  return {
    version: 1,
    issuers: {
      github: { provider: 'github-actions', issuer: issuerUrl, audience: GATEWAY_URL },
    },
    resources: { [RESOURCE]: { scopes: SCOPES, audit } },
    rules: [...others, makeRule('the-one', last)],
  }
}
