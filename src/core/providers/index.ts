/** The registry of provider profiles: one row per kind of issuer, found by id. */

import { activestate } from './activestate.ts'
import { auth0 } from './auth0.ts'
import { awsOutbound } from './aws-outbound.ts'
import { azureDevops } from './azure-devops.ts'
import { bitbucketPipelines } from './bitbucket-pipelines.ts'
import { buddy } from './buddy.ts'
import { buildkite } from './buildkite.ts'
import { chainguard } from './chainguard.ts'
import { circleci } from './circleci.ts'
import { cloudflareAccess } from './cloudflare-access.ts'
import { codefresh } from './codefresh.ts'
import { concourse } from './concourse.ts'
import { cursorCloudAgent } from './cursor-cloud-agent.ts'
import { denoDeploy } from './deno-deploy.ts'
import { depotCi } from './depot-ci.ts'
import { entraId } from './entra-id.ts'
import { env0 } from './env0.ts'
import { flyIo } from './fly-io.ts'
import { forgejoActions } from './forgejo-actions.ts'
import { genericOidc } from './generic-oidc.ts'
import { githubActions } from './github-actions.ts'
import { githubActionsEnterprise, githubEnterpriseServer } from './github-enterprise.ts'
import { gitlabCom, gitlabSelfManaged } from './gitlab.ts'
import { googleServiceAccount } from './google.ts'
import { hcpTerraform, terraformEnterprise } from './hcp-terraform.ts'
import { jenkins } from './jenkins.ts'
import { kubernetes } from './kubernetes.ts'
import { aks, eks, gke } from './managed-kubernetes.ts'
import { modal } from './modal.ts'
import { okta } from './okta.ts'
import type { ProviderProfile } from './profile.ts'
import { pulumiCloud } from './pulumi-cloud.ts'
import { pulumiEscV2 } from './pulumi-esc-v2.ts'
import { semaphore } from './semaphore.ts'
import { spacelift } from './spacelift.ts'
import { spiffeJwtSvid } from './spiffe-jwt-svid.ts'
import { vaultIdentity } from './vault-identity.ts'
import { vercel } from './vercel.ts'

export { withAcceptedClaims } from './accepted-claims.ts'
export { createOwnProfile } from './own-tokens.ts'

const PROFILES: readonly ProviderProfile[] = [
  githubActions,
  githubActionsEnterprise,
  githubEnterpriseServer,
  gitlabCom,
  gitlabSelfManaged,
  forgejoActions,
  buildkite,
  circleci,
  bitbucketPipelines,
  azureDevops,
  codefresh,
  semaphore,
  buddy,
  hcpTerraform,
  terraformEnterprise,
  spacelift,
  env0,
  pulumiCloud,
  pulumiEscV2,
  concourse,
  jenkins,
  vercel,
  flyIo,
  denoDeploy,
  modal,
  depotCi,
  cursorCloudAgent,
  awsOutbound,
  googleServiceAccount,
  entraId,
  kubernetes,
  eks,
  aks,
  gke,
  spiffeJwtSvid,
  vaultIdentity,
  chainguard,
  activestate,
  cloudflareAccess,
  okta,
  auth0,
  genericOidc,
]

const PROVIDERS: ReadonlyMap<string, ProviderProfile> = new Map(
  PROFILES.map((profile) => [profile.id, profile]),
)

/** The id of the provider for any issuer. */
export const ANY_PROVIDER: string = genericOidc.id

/**
 * Returns the profile with this id. `gitlab` is the only short name: it means gitlab.com, unless
 * the issuer URL is that of another instance.
 */
export function findProvider(id: string, issuerUrl?: string): ProviderProfile | undefined {
  if (id !== 'gitlab') return PROVIDERS.get(id)
  const isHosted = issuerUrl === undefined || issuerUrl === 'https://gitlab.com'
  return isHosted ? gitlabCom : gitlabSelfManaged
}

/** Returns the ids of all providers with a profile, as used in the trust document. */
export function listProviders(): readonly string[] {
  return PROFILES.map(({ id }) => id)
}

/**
 * Returns the profile for one issuer URL. An issuer URL without the part that identifies a tenant
 * is a shared issuer.
 */
export function profileAt(profile: ProviderProfile, url: string): ProviderProfile {
  if (profile.issuer.kind !== 'pattern' || profile.issuer.tenantPart === undefined) return profile
  const parts = profile.issuer.pattern.exec(url)?.groups
  return parts?.[profile.issuer.tenantPart] === undefined
    ? { ...profile, tenancy: 'shared' }
    : profile
}

/**
 * Returns the provider of a shared issuer. With another profile, the issuer would not count as
 * shared, and rules that do not pin a tenant would be accepted.
 */
export function findSharedOwner(url: string): ProviderProfile | undefined {
  return PROFILES.find((profile) => {
    const { issuer } = profile
    if (issuer.kind === 'fixed') {
      return listFixedUrls(issuer).map(stripSlash).includes(stripSlash(url))
    }
    if (profile.tenancy === 'self_hosted' || !issuer.pattern.test(url)) return false
    return profileAt(profile, url).tenancy === 'shared'
  })
}

/** Returns the URLs of a fixed issuer: the default one first. Empty for a pattern. */
export function listFixedUrls(issuer: ProviderProfile['issuer']): readonly string[] {
  return issuer.kind === 'fixed' ? [issuer.url, ...(issuer.alsoAt ?? [])] : []
}

function stripSlash(url: string): string {
  return url.replace(/\/$/, '')
}

export { findMeantProvider } from './reference/other-names.ts'
