/**
 * The registry of reference data: one row per provider, found by the id of its profile. The Worker
 * does not import this folder.
 */

import { activestateReference } from './activestate.ts'
import { auth0Reference } from './auth0.ts'
import { awsOutboundReference } from './aws-outbound.ts'
import { azureDevopsReference } from './azure-devops.ts'
import { bitbucketPipelinesReference } from './bitbucket-pipelines.ts'
import { buddyReference } from './buddy.ts'
import { buildkiteReference } from './buildkite.ts'
import { chainguardReference } from './chainguard.ts'
import { circleciReference } from './circleci.ts'
import { cloudflareAccessReference } from './cloudflare-access.ts'
import { codefreshReference } from './codefresh.ts'
import { concourseReference } from './concourse.ts'
import { cursorCloudAgentReference } from './cursor-cloud-agent.ts'
import { denoDeployReference } from './deno-deploy.ts'
import { depotCiReference } from './depot-ci.ts'
import { entraIdReference } from './entra-id.ts'
import { env0Reference } from './env0.ts'
import { flyIoReference } from './fly-io.ts'
import { forgejoActionsReference } from './forgejo-actions.ts'
import { genericOidcReference } from './generic-oidc.ts'
import { githubActionsReference } from './github-actions.ts'
import {
  githubActionsEnterpriseReference,
  githubEnterpriseServerReference,
} from './github-enterprise.ts'
import { gitlabComReference, gitlabSelfManagedReference } from './gitlab.ts'
import { googleServiceAccountReference } from './google.ts'
import { hcpTerraformReference, terraformEnterpriseReference } from './hcp-terraform.ts'
import { jenkinsReference } from './jenkins.ts'
import { kubernetesReference } from './kubernetes.ts'
import { aksReference, eksReference, gkeReference } from './managed-kubernetes.ts'
import { modalReference } from './modal.ts'
import { oktaReference } from './okta.ts'
import { pulumiCloudReference } from './pulumi-cloud.ts'
import { pulumiEscV2Reference } from './pulumi-esc-v2.ts'
import type { ProviderReference } from './reference.ts'
import { REGISTERED_CLAIMS } from './registered-claims.ts'
import { semaphoreReference } from './semaphore.ts'
import { spaceliftReference } from './spacelift.ts'
import { spiffeJwtSvidReference } from './spiffe-jwt-svid.ts'
import { vaultIdentityReference } from './vault-identity.ts'
import { vercelReference } from './vercel.ts'

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

/** Texts, sources and contact of a provider; undefined for an unknown id. */
export function findReference(id: string): ProviderReference | undefined {
  return REFERENCES.get(id)
}

/** The ids of all providers that have reference data. */
export function listReferences(): readonly string[] {
  return [...REFERENCES.keys()]
}

/** What a claim says, in a sentence. */
export function describeClaim(id: string, path: readonly string[]): string {
  const name = path.join('.')
  const own = findReference(id)?.claims ?? {}
  return own[name] ?? REGISTERED_CLAIMS[name] ?? ''
}
