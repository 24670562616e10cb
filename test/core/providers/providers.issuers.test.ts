import { describe, expect, it } from 'vitest'
import { compileTrust } from '../../../src/core/policy/compile/compile.ts'
import { findProvider, listProviders } from '../../../src/core/providers/index.ts'
import { findSpellingFault } from '../../../src/web/url-spelling.ts'
import { CEILINGS } from '../../support/core-world.ts'
import { problemsOf, withIssuer } from '../policy/support/documents.ts'
import { exampleOf } from '../policy/support/provider-examples.ts'

const SHARED_ELSEWHERE = 'belongs to provider'

describe('a provider', () => {
  it.each(listProviders())('%s accepts the issuer URL of its example and of a real token', (id) => {
    const profile = findProvider(id)
    const urls = [
      profile?.issuer.kind === 'fixed' ? profile.issuer.url : profile?.issuer.example,
      String(exampleOf(id).iss),
    ]
    for (const url of urls) {
      expect(url === undefined || findSpellingFault(url), url).toBeUndefined()
      const problems = problemsOf(withIssuer({ provider: id, issuer: url }))
      // The documents of these tests already have an issuer for GitHub.
      expect(problems.filter(({ code }) => code !== 'issuer_repeated')).toEqual([])
    }
  })

  type Row = readonly [provider: string, url: string]
  const rows: readonly Row[] = [
    [
      'gke',
      'https://container.googleapis.com/v1/projects/example.com:acme-prod/locations/europe-west3/clusters/main',
    ],
    ['generic-oidc', 'https://id.example.com/realms/acme:prod'],
    ['generic-oidc', 'https://my_idp.example.com:8443/realms/acme'],
    ['gitlab-self-managed', 'https://git_lab.example.com/git'],
    ['kubernetes', 'https://oidc_cluster.example.com/ns:prod'],
    ['vault-identity', 'https://vault_1.example.com:8200/v1/team/a/identity/oidc'],
    ['jenkins', 'https://ci_1.example.com:8443/jenkins/oidc'],
    ['jenkins', 'https://jenkins.example.com/oidc/job/team%20a/job/folder'],
    ['spiffe-jwt-svid', 'https://spire_oidc.example.org'],
    ['forgejo-actions', 'https://git_1.example.org/forge/api/actions'],
    ['github-enterprise-server', 'https://git_hub.example.com/_services/token'],
    ['terraform-enterprise', 'https://tfe_1.example.com'],
    ['concourse', 'https://ci_1.example.com'],
    [
      'bitbucket-pipelines',
      'https://api.bitbucket.org/2.0/workspaces/%7B3c1f%7D/pipelines-config/identity/oidc',
    ],
    ['entra-id', 'https://login.microsoftonline.us/11111111-2222-4333-8444-555555555555/v2.0'],
    [
      'entra-id',
      'https://login.partner.microsoftonline.cn/11111111-2222-4333-8444-555555555555/v2.0',
    ],
    ['entra-id', 'https://sts.chinacloudapi.cn/11111111-2222-4333-8444-555555555555/'],
    ['eks', 'https://oidc-eks.us-east-1.api.aws/id/0123456789ABCDEF0123456789ABCDEF'],
    ['eks', 'https://oidc.eks.cn-north-1.amazonaws.com.cn/id/0123456789ABCDEF'],
    ['eks', 'https://oidc-eks.cn-north-1.api.amazonwebservices.com.cn/id/0123456789ABCDEF'],
    ['eks', 'https://oidc.eks.eusc-de-east-1.amazonaws.eu/id/0123456789ABCDEF'],
    ['eks', 'https://oidc-eks.eusc-de-east-1.api.amazonwebservices.eu/id/0123456789ABCDEF'],
    [
      'aks',
      'https://usgovvirginia.oic.prod-aks.azure.us/11111111-2222-4333-8444-555555555555/66666666-7777-4888-8999-000000000000/',
    ],
    [
      'aks',
      'https://chinanorth2.oic.prod-aks.azure.cn/11111111-2222-4333-8444-555555555555/66666666-7777-4888-8999-000000000000/',
    ],
    ['okta', 'https://acme.okta-gov.com/oauth2/default'],
    ['okta', 'https://acme.okta.mil'],
    ['hcp-terraform', 'https://app.eu.terraform.io'],
  ]
  it.each(rows)('%s accepts the issuer URL %s', (provider, issuer) => {
    expect(problemsOf(withIssuer({ provider, issuer }))).toEqual([])
  })

  it.each([
    ['gke', 'https://container.googleapis.com/v1/projects/acme/zones/a/clusters/main'],
    ['jenkins', 'https://jenkins.example.com'],
    ['entra-id', 'https://login.microsoftonline.com/common/v2.0'],
    ['vault-identity', 'https://vault.example.com:8200'],
    // A bucket with this name belongs to anybody.
    ['eks', 'https://oidc-eks.s3.amazonaws.com/id/0123456789ABCDEF'],
    ['eks', 'https://oidc.eks.us-east-1.api.aws/id/0123456789ABCDEF'],
    ['okta', 'https://acme.okta.com.example/oauth2/default'],
  ])('%s refuses %s, and the message shows an example', (provider, issuer) => {
    const known = findProvider(provider)?.issuer
    const example = known?.kind === 'pattern' ? known.example : ''
    expect(problemsOf(withIssuer({ provider, issuer }))).toEqual([
      {
        code: 'issuer_invalid',
        path: ['issuers', 'extra', 'issuer'],
        message: `${issuer} does not look like ${example}`,
      },
    ])
  })

  it('LINT-01 refuses the shared issuer of another provider', () => {
    const problems = problemsOf(withIssuer({ issuer: 'https://oidc.vercel.com' }))
    expect(problems.map(({ message }) => message).join()).toContain(SHARED_ELSEWHERE)
  })

  it('LINT-01 counts the issuers of other regions as shared too', () => {
    const issuer = 'https://app.eu.terraform.io'
    const [problem] = problemsOf(withIssuer({ provider: 'terraform-enterprise', issuer }))
    expect(problem?.message).toBe(`${issuer} ${SHARED_ELSEWHERE} hcp-terraform`)
    const other = problemsOf(withIssuer({ provider: 'hcp-terraform', issuer: `${issuer}/` }))
    expect(other.map(({ message }) => message)).toEqual([
      `${issuer}/ is not https://app.terraform.io or ${issuer}`,
    ])
  })

  it('reads a stored document that names such an issuer with another provider', () => {
    const issuer = 'https://app.eu.terraform.io'
    const document = withIssuer({ provider: 'terraform-enterprise', issuer })
    expect(compileTrust(document, CEILINGS, { isStored: true })).toHaveProperty('trust')
    expect(compileTrust(document, CEILINGS)).not.toHaveProperty('trust')
  })

  it('names the canonical spelling of an issuer URL', () => {
    const [problem] = problemsOf(withIssuer({ issuer: 'https://id.example.com/{x}' }))
    expect(problem?.message).toBe(
      'https://id.example.com/{x} is not in canonical form: write https://id.example.com/%7Bx%7D',
    )
  })

  it('CLM-09 applies the same rules to a bundle endpoint', () => {
    const source = { provider: 'spiffe-jwt-svid', issuer: 'https://spire.example.org' }
    const spiffe = { ...source, trust_domain: 'example.org' }
    const at = (bundle_endpoint: string) => problemsOf(withIssuer({ ...spiffe, bundle_endpoint }))
    expect(at('https://spire.example.org/bundle')).toEqual([])
    expect(at('https://spire.example.org/%7bundle').map(({ path }) => path)).toEqual([
      ['issuers', 'extra', 'bundle_endpoint'],
    ])
  })
})
