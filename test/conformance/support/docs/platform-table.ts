/**
 * The pages of docs/platforms: the token of each platform, the near miss that the page shows, and
 * how a job finds its token. Settings come from the pipeline of the page if it has one.
 */
import type { Claims } from '../../../../src/dev/index.ts'
import { uploadToBuildkite } from '../../../support/buildkite-upload.ts'
import { REQUEST_SECRET } from '../platform-server.ts'
import { findSetting } from './pipelines.ts'
import type { Job } from './platform-job.ts'

type Environment = Readonly<Record<string, string>>

export type PlatformRow = {
  readonly page: string
  /** The name in the trust document of the page. */
  readonly issuer: string
  readonly provider: string
  /** The audience that the platform sets, if it is fixed. */
  readonly audience?: string
  /** The audience that a job requests, if it is not the URL of the gateway. */
  readonly asks?: string
  /** The claims that differ in the near miss. */
  readonly nearMiss: Claims
  /** What the platform makes of the commands before a shell runs them. */
  readonly upload?: (commands: string) => string
  /** Whether the shell of the platform goes on after a command that fails. */
  readonly keepsGoing?: true
  /**
   * Returns the variables that the platform sets. `pipeline` is the pipeline file of the page, if
   * it has one.
   */
  readonly prepare: (job: Job, pipeline: unknown) => Environment | Promise<Environment>
}

const actions = (job: Job): Environment => ({
  ACTIONS_ID_TOKEN_REQUEST_URL: `${job.url}/github?api-version=2.0`,
  ACTIONS_ID_TOKEN_REQUEST_TOKEN: REQUEST_SECRET,
})

function expectSetting(pipeline: unknown, key: string, value: unknown): void {
  if (findSetting(pipeline, key) !== value) throw new Error(`${key} must be ${value}`)
}

export const PLATFORM_PAGES: readonly PlatformRow[] = [
  {
    page: 'github-actions',
    issuer: 'github',
    provider: 'github-actions',
    nearMiss: {
      event_name: 'pull_request',
      ref: 'refs/pull/7/merge',
      environment: null,
      sub: 'repo:acme@1234567/api@456789012:pull_request',
    },
    prepare(job, pipeline) {
      expectSetting(pipeline, 'id-token', 'write')
      return { ...actions(job), GITHUB_ACTIONS: 'true' }
    },
  },
  {
    page: 'gitlab',
    issuer: 'gitlab',
    provider: 'gitlab-com',
    nearMiss: { ref: 'next', ref_path: 'refs/heads/next', ref_protected: 'false' },
    async prepare(job, pipeline) {
      const [[name, { aud }] = ['', { aud: '' }]] = Object.entries(
        findSetting(pipeline, 'id_tokens') as Readonly<Record<string, { readonly aud: string }>>,
      )
      return { GITLAB_CI: 'true', [name]: await job.mint(aud) }
    },
  },
  {
    page: 'buildkite',
    issuer: 'buildkite',
    provider: 'buildkite',
    nearMiss: { build_branch: 'next' },
    upload: uploadToBuildkite,
    prepare: () => ({ BUILDKITE_JOB_ID: 'job', BUILDKITE_AGENT_ACCESS_TOKEN: REQUEST_SECRET }),
  },
  {
    page: 'circleci',
    issuer: 'circleci',
    provider: 'circleci',
    nearMiss: { 'oidc.circleci.com/ssh-rerun': true },
    prepare(_, pipeline) {
      expectSetting(pipeline, 'context', 'deploy')
      return { CIRCLECI: 'true' }
    },
  },
  {
    page: 'bitbucket',
    issuer: 'bitbucket',
    provider: 'bitbucket-pipelines',
    nearMiss: { deploymentEnvironmentUuid: '{6f1f3b5e-0000-4000-8000-000000000006}' },
    async prepare(job, pipeline) {
      const [audience = ''] = findSetting(pipeline, 'audiences') as readonly string[]
      return { BITBUCKET_BUILD_NUMBER: '7', BITBUCKET_STEP_OIDC_TOKEN: await job.mint(audience) }
    },
  },
  {
    page: 'azure-devops',
    issuer: 'azure-devops',
    provider: 'azure-devops',
    audience: 'api://AzureADTokenExchange',
    asks: 'api://AzureADTokenExchange',
    nearMiss: { rpo_ref: 'refs/heads/next' },
    keepsGoing: true,
    prepare(job, pipeline) {
      expectSetting(pipeline, 'SYSTEM_ACCESSTOKEN', '$(System.AccessToken)')
      const SYSTEM_OIDCREQUESTURI = `${job.url}/azure-devops`
      return { TF_BUILD: 'True', SYSTEM_OIDCREQUESTURI, SYSTEM_ACCESSTOKEN: REQUEST_SECRET }
    },
  },
  {
    page: 'hcp-terraform',
    issuer: 'terraform',
    provider: 'hcp-terraform',
    nearMiss: { terraform_run_phase: 'plan' },
    prepare: async (job) => ({
      TFC_RUN_ID: 'run-X3n1AUXNGWbfECsJ',
      TFC_WORKLOAD_IDENTITY_TOKEN_EDGEMINT: await job.mint('https://sts.example.com'),
    }),
  },
  {
    page: 'vercel',
    issuer: 'vercel',
    provider: 'vercel',
    nearMiss: { environment: 'preview', sub: 'owner:acme:project:web:environment:preview' },
    prepare(job) {
      job.writeFile(
        'node_modules/@vercel/oidc/package.json',
        '{ "name": "@vercel/oidc", "type": "module", "exports": "./index.js" }',
      )
      job.writeFile(
        'node_modules/@vercel/oidc/index.js',
        `export const getVercelOidcToken = async ({ audience }) =>
          (await fetch(\`${job.commands}/mint?audience=\${encodeURIComponent(audience)}\`)).text()\n`,
      )
      return { VERCEL: '1' }
    },
  },
  {
    page: 'fly-io',
    issuer: 'fly',
    provider: 'fly-io',
    nearMiss: { app_id: '33333333', app_name: 'web', sub: 'acme:web:purple-sun-1' },
    prepare: (job) => ({ FLY_MACHINE_ID: '148e21ea7e46e8', EDGEMINT_FLY_SOCKET: job.socket }),
  },
  {
    page: 'google-cloud',
    issuer: 'google',
    provider: 'google-service-account',
    nearMiss: {
      sub: '100000000000000000001',
      azp: '100000000000000000001',
      email: '123456789012-compute@developer.gserviceaccount.com',
    },
    prepare: (job) => ({ K_SERVICE: 'reports', GCE_METADATA_HOST: new URL(job.url).host }),
  },
  {
    page: 'azure',
    issuer: 'entra',
    provider: 'entra-id',
    // The application id of the registration, as in version 2 tokens, whatever its URI.
    audience: '99999999-8888-4777-8666-555555555555',
    asks: 'api://edgemint',
    nearMiss: {
      oid: 'cccccccc-1111-4222-8333-444444444444',
      sub: 'cccccccc-1111-4222-8333-444444444444',
    },
    prepare: (job) => ({
      IDENTITY_ENDPOINT: `${job.url}/msi/token`,
      IDENTITY_HEADER: REQUEST_SECRET,
    }),
  },
  {
    page: 'aws',
    issuer: 'aws',
    provider: 'aws-outbound',
    nearMiss: { sub: 'arn:aws:iam::123456789012:role/Reports' },
    prepare: () => ({ AWS_LAMBDA_FUNCTION_NAME: 'process', AWS_REGION: 'eu-central-1' }),
  },
  {
    page: 'kubernetes',
    issuer: 'cluster',
    provider: 'kubernetes',
    nearMiss: {
      sub: 'system:serviceaccount:payments:reports',
      'kubernetes.io': {
        serviceaccount: { name: 'reports', uid: 'b187d5a0-e1dd-43ec-93ac-f13d89cd13af' },
      },
    },
    async prepare(job, pipeline) {
      const { audience, path } = findSetting(pipeline, 'serviceAccountToken') as {
        readonly audience: string
        readonly path: string
      }
      const mounted = `${findSetting(pipeline, 'mountPath')}/${path}`
      const [{ name = '', value = '' } = {}] = findSetting(pipeline, 'env') as readonly {
        readonly name: string
        readonly value: string
      }[]
      if (value !== mounted) throw new Error('the variable must name the mounted file')
      return { [name]: job.writeFile(mounted.slice(1), await job.mint(audience)) }
    },
  },
  {
    page: 'spiffe',
    issuer: 'spire',
    provider: 'spiffe-jwt-svid',
    nearMiss: { sub: 'spiffe://example.org/ns/payments/sa/reports' },
    prepare: () => ({}),
  },
  {
    page: 'forgejo',
    issuer: 'forgejo',
    provider: 'forgejo-actions',
    nearMiss: { ref: 'refs/heads/next', ref_protected: 'false' },
    prepare(job, pipeline) {
      expectSetting(pipeline, 'enable-openid-connect', true)
      return actions(job)
    },
  },
  {
    page: 'jenkins',
    issuer: 'jenkins',
    provider: 'jenkins',
    nearMiss: { sub: 'https://jenkins.example.com/job/other-job/' },
    prepare: async (job) => ({
      EDGEMINT_SUBJECT_TOKEN: await job.mint('https://sts.example.com'),
    }),
  },
  {
    page: 'other',
    issuer: 'platform',
    provider: 'generic-oidc',
    nearMiss: { environment: 'staging' },
    prepare: async (job) => ({
      EDGEMINT_SUBJECT_TOKEN: await job.mint('https://sts.example.com'),
    }),
  },
]
