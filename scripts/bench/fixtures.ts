/** Keys, a subject token and trust documents of any size for the benchmark. */
import { exportJWK, generateKeyPair } from 'jose'
import type { DevIssuer } from '../../dist/dev/index.js'

/** Private JWKs as the secrets of a deployment would hold them. */
export async function makeKeys(): Promise<{ es256: string; ed25519: string }> {
  const make = async (algorithm: string) => {
    const { privateKey } = await generateKeyPair(algorithm, { extractable: true })
    return JSON.stringify({ ...(await exportJWK(privateKey)), alg: algorithm })
  }
  return { es256: await make('ES256'), ed25519: await make('Ed25519') }
}

export function mintToken(issuer: DevIssuer, claims: object = {}): Promise<string> {
  return issuer.mint({
    provider: 'github-actions',
    audience: 'https://sts.example.com',
    lifetimeSeconds: 3600,
    claims: { ...claims },
  })
}

/** The rule that matches stands last; the others pin other repositories of other owners. */
export function makeTrust(
  issuerUrl: string,
  ruleCount: number,
  replay: 'once' | 'reuse' = 'reuse',
): object {
  const rule = (name: string, owner: string, repository: string) => ({
    name,
    owner: 'platform@example.com',
    expires: '2099-12-31',
    from: 'github',
    when: {
      repository_owner_id: owner,
      repository_id: repository,
      ref: 'refs/heads/main',
      event_name: { not: ['pull_request', 'pull_request_target'] },
    },
    grant: {
      resource: 'https://api.example.com',
      scopes: ['deploy:read', 'deploy:write'],
      subject: 'github:{repository_id}:{environment}',
      claims: { repository: '{repository}', commit: '{sha}' },
      // The load presents one token over and over, as the floor takes it.
      replay,
    },
  })
  const others = Array.from({ length: ruleCount - 1 }, (_, index) =>
    rule(`rule-${index}`, String(9_000_000 + (index % 500)), String(800_000_000 + index)),
  )
  return {
    version: 1,
    issuers: {
      github: {
        provider: 'github-actions',
        issuer: issuerUrl,
        audience: 'https://sts.example.com',
      },
    },
    resources: { 'https://api.example.com': { scopes: ['deploy:read', 'deploy:write'] } },
    rules: [...others, rule('the-one', '1234567', '456789012')],
  }
}
