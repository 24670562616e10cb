/**
 * The registry of reference data: one row per provider, found by the id of its profile. The Worker
 * does not import this file.
 */
import { activestateReference } from './reference/activestate.ts'
import { auth0Reference } from './reference/auth0.ts'
import { awsOutboundReference } from './reference/aws-outbound.ts'
import { azureDevopsReference } from './reference/azure-devops.ts'
import { bitbucketPipelinesReference } from './reference/bitbucket-pipelines.ts'
import { buddyReference } from './reference/buddy.ts'
import { buildkiteReference } from './reference/buildkite.ts'
import { chainguardReference } from './reference/chainguard.ts'
import { circleciReference } from './reference/circleci.ts'
import { cloudflareAccessReference } from './reference/cloudflare-access.ts'
import { codefreshReference } from './reference/codefresh.ts'
import { concourseReference } from './reference/concourse.ts'
import { cursorCloudAgentReference } from './reference/cursor-cloud-agent.ts'
import { denoDeployReference } from './reference/deno-deploy.ts'
import { depotCiReference } from './reference/depot-ci.ts'
import { entraIdReference } from './reference/entra-id.ts'
import { env0Reference } from './reference/env0.ts'
import { flyIoReference } from './reference/fly-io.ts'
import { forgejoActionsReference } from './reference/forgejo-actions.ts'
import { genericOidcReference } from './reference/generic-oidc.ts'
import { githubActionsReference } from './reference/github-actions.ts'
import {
  githubActionsEnterpriseReference,
  githubEnterpriseServerReference,
} from './reference/github-enterprise.ts'
import { gitlabComReference, gitlabSelfManagedReference } from './reference/gitlab.ts'
import { googleServiceAccountReference } from './reference/google.ts'
import { hcpTerraformReference, terraformEnterpriseReference } from './reference/hcp-terraform.ts'
import { jenkinsReference } from './reference/jenkins.ts'
import { kubernetesReference } from './reference/kubernetes.ts'
import { aksReference, eksReference, gkeReference } from './reference/managed-kubernetes.ts'
import { modalReference } from './reference/modal.ts'
import { oktaReference } from './reference/okta.ts'
import { pulumiCloudReference } from './reference/pulumi-cloud.ts'
import { pulumiEscV2Reference } from './reference/pulumi-esc-v2.ts'
import { REGISTERED_CLAIMS } from './reference/registered-claims.ts'
import { semaphoreReference } from './reference/semaphore.ts'
import { spaceliftReference } from './reference/spacelift.ts'
import { spiffeJwtSvidReference } from './reference/spiffe-jwt-svid.ts'
import { vaultIdentityReference } from './reference/vault-identity.ts'
import { vercelReference } from './reference/vercel.ts'
import type { ProviderReference } from './reference.ts'

const REFERENCES: ReadonlyMap<string, ProviderReference> = new Map(
  Object.entries({
    'github-actions': githubActionsReference,
    'github-actions-enterprise': githubActionsEnterpriseReference,
    'github-enterprise-server': githubEnterpriseServerReference,
    'gitlab-com': gitlabComReference,
    'gitlab-self-managed': gitlabSelfManagedReference,
    'forgejo-actions': forgejoActionsReference,
    buildkite: buildkiteReference,
    circleci: circleciReference,
    'bitbucket-pipelines': bitbucketPipelinesReference,
    'azure-devops': azureDevopsReference,
    codefresh: codefreshReference,
    semaphore: semaphoreReference,
    buddy: buddyReference,
    'hcp-terraform': hcpTerraformReference,
    'terraform-enterprise': terraformEnterpriseReference,
    spacelift: spaceliftReference,
    env0: env0Reference,
    'pulumi-cloud': pulumiCloudReference,
    'pulumi-esc-v2': pulumiEscV2Reference,
    concourse: concourseReference,
    jenkins: jenkinsReference,
    vercel: vercelReference,
    'fly-io': flyIoReference,
    'deno-deploy': denoDeployReference,
    modal: modalReference,
    'depot-ci': depotCiReference,
    'cursor-cloud-agent': cursorCloudAgentReference,
    'aws-outbound': awsOutboundReference,
    'google-service-account': googleServiceAccountReference,
    'entra-id': entraIdReference,
    kubernetes: kubernetesReference,
    eks: eksReference,
    aks: aksReference,
    gke: gkeReference,
    'spiffe-jwt-svid': spiffeJwtSvidReference,
    'vault-identity': vaultIdentityReference,
    chainguard: chainguardReference,
    activestate: activestateReference,
    'cloudflare-access': cloudflareAccessReference,
    okta: oktaReference,
    auth0: auth0Reference,
    'generic-oidc': genericOidcReference,
  }),
)

/** Returns the descriptions, sources and contact of a provider, or undefined for an unknown id. */
export function findReference(id: string): ProviderReference | undefined {
  return REFERENCES.get(id)
}

/** Returns the ids of all providers that have reference data. */
export function listReferences(): readonly string[] {
  return [...REFERENCES.keys()]
}

/** Returns the meaning of a claim. */
export function describeClaim(id: string, path: readonly string[]): string {
  const name = path.join('.')
  const own = findReference(id)?.claims ?? {}
  return own[name] ?? REGISTERED_CLAIMS[name] ?? ''
}
