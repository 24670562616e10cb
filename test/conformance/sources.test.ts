/**
 * Builds the environment of a workload on every platform that has a source. Runs `edgemint token`
 * in it, with only the gateway and the resource as flags. The issued token must be one for the API.
 */
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { listSources } from '../../src/client/index.ts'
import { REQUEST_SECRET } from './support/platform-server.ts'
import { type SourcesWorld, startSourcesWorld } from './support/sources-world.ts'
import { API } from './support/world.ts'

type Environment = Readonly<Record<string, string>>
type Case = readonly [
  provider: string,
  source: string,
  make: (world: SourcesWorld, provider: string) => Promise<Environment>,
]

const inVariable =
  (name: string, more: Environment = {}) =>
  async (world: SourcesWorld, provider: string) => ({
    ...more,
    [name]: await world.mintFor(provider),
  })

const inFile =
  (variable: string, more: Environment = {}) =>
  async (world: SourcesWorld, provider: string) => ({
    ...more,
    [variable]: world.writeFile(`${provider}.jwt`, `${await world.mintFor(provider)}\n`),
  })

const byCommand = (more: Environment) => async (world: SourcesWorld) => ({
  PATH: `${world.bin}:${process.env.PATH}`,
  ...more,
})

const byRequest =
  (urlVariable: string, path: string, secretVariable: string | undefined, more: Environment = {}) =>
  async (world: SourcesWorld, provider: string) => {
    const { address } = await world.startServer(provider)
    const secret: Environment =
      secretVariable === undefined ? {} : { [secretVariable]: REQUEST_SECRET }
    return { ...more, ...secret, [urlVariable]: `${address}${path}` }
  }

const bySocket =
  (variable: string, more: Environment = {}) =>
  async (world: SourcesWorld, provider: string) => ({
    ...more,
    [variable]: (await world.startSocket(provider)).address,
  })

const github = byRequest(
  'ACTIONS_ID_TOKEN_REQUEST_URL',
  '/github?api-version=2.0',
  'ACTIONS_ID_TOKEN_REQUEST_TOKEN',
  { GITHUB_ACTIONS: 'true' },
)
const gitlabVariable = 'EDGEMINT_SUBJECT_TOKEN'

const CASES: readonly Case[] = [
  ['github-actions', 'github-actions', github],
  ['github-actions-enterprise', 'github-actions', github],
  ['github-enterprise-server', 'github-actions', github],
  ['forgejo-actions', 'github-actions', github],
  ['depot-ci', 'github-actions', github],
  ['gitlab-com', 'gitlab', inVariable('API_ID_TOKEN', { GITLAB_CI: 'true' })],
  ['gitlab-self-managed', 'variable', inVariable(gitlabVariable, { GITLAB_CI: 'true' })],
  [
    'buildkite',
    'buildkite',
    byCommand({ BUILDKITE_JOB_ID: 'job', BUILDKITE_AGENT_ACCESS_TOKEN: REQUEST_SECRET }),
  ],
  ['circleci', 'circleci', byCommand({ CIRCLECI: 'true' })],
  ['bitbucket-pipelines', 'bitbucket', inVariable('BITBUCKET_STEP_OIDC_TOKEN')],
  [
    'azure-devops',
    'azure-devops',
    byRequest('SYSTEM_OIDCREQUESTURI', '/azure-devops', 'SYSTEM_ACCESSTOKEN', { TF_BUILD: 'True' }),
  ],
  [
    'codefresh',
    'codefresh',
    byRequest('CF_OIDC_REQUEST_URL', '/codefresh', 'CF_OIDC_REQUEST_TOKEN'),
  ],
  ['semaphore', 'semaphore', inVariable('SEMAPHORE_OIDC_TOKEN')],
  ['hcp-terraform', 'hcp-terraform', inVariable('TFC_WORKLOAD_IDENTITY_TOKEN_EDGEMINT')],
  ['terraform-enterprise', 'hcp-terraform', inVariable('TFC_WORKLOAD_IDENTITY_TOKEN')],
  ['spacelift', 'spacelift', inVariable('SPACELIFT_OIDC_TOKEN')],
  ['env0', 'env0', inVariable('ENV0_OIDC_TOKEN')],
  ['vercel', 'vercel', inVariable('VERCEL_OIDC_TOKEN', { VERCEL: '1' })],
  ['modal', 'modal', inVariable('MODAL_IDENTITY_TOKEN')],
  ['fly-io', 'fly', bySocket('EDGEMINT_FLY_SOCKET', { FLY_MACHINE_ID: 'machine' })],
  ['cursor-cloud-agent', 'cursor', bySocket('CURSOR_AGENT_SOCKET')],
  ['kubernetes', 'file', inFile('EDGEMINT_SUBJECT_TOKEN_FILE')],
  ['eks', 'file', inFile('EDGEMINT_SUBJECT_TOKEN_FILE')],
  ['gke', 'file', inFile('EDGEMINT_SUBJECT_TOKEN_FILE')],
  ['aks', 'azure-workload-identity', inFile('AZURE_FEDERATED_TOKEN_FILE')],
  [
    'spiffe-jwt-svid',
    'spiffe',
    byCommand({ SPIFFE_ENDPOINT_SOCKET: 'unix:///run/spire/api.sock' }),
  ],
  ['aws-outbound', 'aws', byCommand({ AWS_EXECUTION_ENV: 'AWS_ECS_FARGATE' })],
  [
    'google-service-account',
    'google',
    async (world, provider) => {
      const { host } = new URL((await world.startServer(provider)).address)
      return { GCE_METADATA_HOST: host, K_SERVICE: 'api' }
    },
  ],
  [
    'entra-id',
    'azure-managed-identity',
    byRequest('AZURE_POD_IDENTITY_AUTHORITY_HOST', '/', undefined),
  ],
  [
    'vault-identity',
    'command',
    byCommand({
      EDGEMINT_SUBJECT_TOKEN_COMMAND: 'vault read -field=token identity/oidc/token/deploy',
    }),
  ],
  ['jenkins', 'variable', inVariable('EDGEMINT_SUBJECT_TOKEN')],
  ['concourse', 'variable', inVariable('EDGEMINT_SUBJECT_TOKEN')],
  ['pulumi-esc-v2', 'variable', inVariable('EDGEMINT_SUBJECT_TOKEN')],
]

let world: SourcesWorld
beforeAll(async () => {
  world = await startSourcesWorld(CASES.map(([provider]) => provider))
})
afterAll(() => world?.close())

describe('edgemint token finds the token of its platform', () => {
  test.each(CASES)('%s, with the source %s', async (provider, source, make) => {
    const environment = await make(world, provider)
    const { stdout, stderr, exitCode } = await world.runToken(environment)
    expect([exitCode, stderr]).toEqual([0, expect.stringContaining(`edgemint: source ${source}: `)])
    const { iss, aud, scope, client_id: rule } = decodeJwt(stdout.trim())
    expect({ iss, aud, scope, rule }).toEqual({
      iss: world.url(),
      aud: API,
      scope: 'deploy:read',
      rule: `${provider}-workload`,
    })
    expect(stderr).not.toContain(REQUEST_SECRET)
  })

  test('of a pod that names its source', async () => {
    const environment = await inFile('EDGEMINT_SUBJECT_TOKEN_FILE')(world, 'kubernetes')
    const { stderr, exitCode } = await world.runToken(environment, ['--source', 'kubernetes'])
    expect([exitCode, stderr]).toEqual([0, 'edgemint: source kubernetes: set by --source\n'])
  })

  test('for every source of the SDK', async () => {
    const met = new Set(['kubernetes', ...CASES.map(([, source]) => source)])
    const names = (await listSources()).map(({ source }) => source)
    expect(names.filter((name) => !met.has(name))).toEqual([])
  })

  test('of an Azure App Service app, with the endpoint in its environment', async () => {
    const environment = await byRequest(
      'IDENTITY_ENDPOINT',
      '/msi/token',
      'IDENTITY_HEADER',
    )(world, 'entra-id')
    const { stdout, stderr, exitCode } = await world.runToken(environment)
    expect([exitCode, stderr]).toEqual([
      0,
      'edgemint: source azure-managed-identity: IDENTITY_ENDPOINT set\n',
    ])
    expect(decodeJwt(stdout.trim()).aud).toBe(API)
  })

  test('of a CircleCI job without the command, with the token of the fixed audience', async () => {
    const { stderr, exitCode } = await world.runToken({
      PATH: '/nowhere',
      CIRCLECI: 'true',
      CIRCLE_OIDC_TOKEN_V2: await world.mintFor('circleci'),
    })
    expect([exitCode, stderr]).toEqual([0, 'edgemint: source circleci: CIRCLECI set\n'])
  })
})
