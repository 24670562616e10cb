/** Which source `detect` chooses and why, and the error when no source fits. */
import { expect, test } from 'vitest'
import { detect, listSources, openSource } from '../../src/client/index.ts'
import { failureOf } from './support/failure.ts'
import { platformOf } from './support/platform.ts'

const JWT = 'eyJhbGciOiJub25lIn0.e30.c2ln'

const offline = (environment: Readonly<Record<string, string>>, files: readonly string[] = []) =>
  platformOf(environment, {
    readFile: async (path) => {
      if (!files.includes(path)) throw new Error('there is no such file')
      return JWT
    },
    fetch: () => {
      throw new Error('detecting must not ask anybody')
    },
    run: () => {
      throw new Error('detecting must not run anything')
    },
  })

const GITHUB = {
  ACTIONS_ID_TOKEN_REQUEST_URL: 'https://actions.example.com',
  ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'secret',
}

test.each<[string, string, Readonly<Record<string, string>>, readonly string[]]>([
  [
    'an explicit variable before the platform',
    'variable',
    { ...GITHUB, EDGEMINT_SUBJECT_TOKEN: JWT },
    [],
  ],
  ['an explicit file', 'file', { ...GITHUB, EDGEMINT_SUBJECT_TOKEN_FILE: '/a' }, []],
  ['an explicit command', 'command', { ...GITHUB, EDGEMINT_SUBJECT_TOKEN_COMMAND: 'a b' }, []],
  ['the job before the cloud it runs on', 'github-actions', { ...GITHUB, K_SERVICE: 'x' }, []],
  ['the only token of a GitLab job', 'gitlab', { GITLAB_CI: 'true', API_ID_TOKEN: JWT }, []],
  [
    'the only variable of a GitLab job that looks like a token',
    'gitlab',
    { GITLAB_CI: 'true', API_ID_TOKEN: JWT, CUSTOMER_ID_TOKEN: 'prefix' },
    [],
  ],
  ['the projected file of a pod', 'kubernetes', {}, ['/var/run/secrets/edgemint/token']],
  [
    'the file projected for Edgemint before the one for Azure',
    'kubernetes',
    { AZURE_FEDERATED_TOKEN_FILE: '/b' },
    ['/var/run/secrets/edgemint/token'],
  ],
  [
    'the token file of Azure before its metadata server',
    'azure-workload-identity',
    {
      AZURE_FEDERATED_TOKEN_FILE: '/b',
      AZURE_CLIENT_ID: 'mine',
    },
    [],
  ],
])('chooses %s', async (_name, name, environment, files) => {
  const platform = offline(environment, files)
  await expect(detect({ platform })).resolves.toMatchObject({ source: { name } })
})

test('returns the reason and all other sources', async () => {
  const { reason, considered } = await detect({ platform: offline({ VERCEL_OIDC_TOKEN: JWT }) })
  expect(reason).toBe('VERCEL_OIDC_TOKEN set')
  expect(considered.map(({ source }) => source)).toEqual(
    (await listSources()).map(({ source }) => source),
  )
  expect(considered.find(({ source }) => source === 'github-actions')).toEqual({
    source: 'github-actions',
    fits: false,
    isNear: false,
    reason: 'not set: ACTIONS_ID_TOKEN_REQUEST_URL',
  })
})

test.each<[string, Readonly<Record<string, string>>, string]>([
  ['an empty environment', {}, ''],
  ['an empty variable', { VERCEL_OIDC_TOKEN: '' }, ''],
  [
    'a Bitbucket step without a token',
    { BITBUCKET_BUILD_NUMBER: '1' },
    '; bitbucket: BITBUCKET_BUILD_NUMBER set, but not BITBUCKET_STEP_OIDC_TOKEN: the step needs oidc: audiences',
  ],
  [
    'a GitLab job without a token',
    { GITLAB_CI: 'true' },
    '; gitlab: GITLAB_CI set, but no variable contains a token: the job needs id_tokens: EDGEMINT_SUBJECT_TOKEN',
  ],
  [
    'a pod without the file',
    { KUBERNETES_SERVICE_HOST: '10.0.0.1' },
    '; kubernetes: KUBERNETES_SERVICE_HOST set, but /var/run/secrets/edgemint/token does not exist: mount a projected token there, or set EDGEMINT_SUBJECT_TOKEN_FILE',
  ],
])('finds no source with %s', async (_name, environment, near) => {
  expect(await failureOf(detect({ platform: offline(environment) }))).toMatchObject({
    code: 'source_unavailable',
    isTemporary: false,
    description: `no source of subject tokens fits this environment${near}`,
  })
})

test('openSource reads the variables it needs, and names a missing one', async () => {
  const platform = platformOf({ GITLAB_CI: 'true', A_ID_TOKEN: JWT, B_ID_TOKEN: JWT })
  const gitlab = openSource('gitlab', { platform })
  const audience = 'https://sts.example.com'
  expect((await failureOf(gitlab.getSubjectToken({ audience }))).description).toBe(
    'gitlab: A_ID_TOKEN, B_ID_TOKEN contain tokens: the job needs id_tokens: EDGEMINT_SUBJECT_TOKEN',
  )
  expect(() => openSource('nowhere')).toThrow(/^source must be one of variable, file, command, /)
})

test('fails only for files, commands and sockets on a platform without Node', async () => {
  const { process } = globalThis
  try {
    Reflect.deleteProperty(globalThis, 'process')
    const audience = 'https://sts.example.com'
    const names = (await listSources()).filter(({ fits }) => fits)
    const outcomes = await Promise.all(
      ['buildkite', 'fly', 'kubernetes'].map((name) =>
        openSource(name)
          .getSubjectToken({ audience })
          .catch((error: Error) => error.message),
      ),
    )
    expect([names, outcomes]).toEqual([
      [],
      ['buildkite', 'fly', 'kubernetes'].map((name) => `${name}: failed (source_unavailable)`),
    ])
  } finally {
    globalThis.process = process
  }
})
