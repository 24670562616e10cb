/**
 * Platforms that put the token into a variable. Most of them have a fixed audience, which the issuer
 * in the trust document must name.
 */
import { readVariable, requireVariable, type SourceRow } from './row.ts'

type Row = readonly [
  name: string,
  /** The first of these that is set contains the token. */
  variables: readonly [string, ...string[]],
  near?: SourceRow['near'],
]

const ROWS: readonly Row[] = [
  [
    'bitbucket',
    ['BITBUCKET_STEP_OIDC_TOKEN'],
    ['BITBUCKET_BUILD_NUMBER', 'the step needs oidc: audiences'],
  ],
  [
    'hcp-terraform',
    ['TFC_WORKLOAD_IDENTITY_TOKEN_EDGEMINT', 'TFC_WORKLOAD_IDENTITY_TOKEN'],
    ['TFC_RUN_ID', 'the workspace needs TFC_WORKLOAD_IDENTITY_AUDIENCE_EDGEMINT'],
  ],
  ['semaphore', ['SEMAPHORE_OIDC_TOKEN']],
  ['spacelift', ['SPACELIFT_OIDC_TOKEN']],
  ['env0', ['ENV0_OIDC_TOKEN']],
  [
    'modal',
    ['MODAL_IDENTITY_TOKEN'],
    ['MODAL_TASK_ID', 'a sandbox needs include_oidc_identity_token=True'],
  ],
  ['vercel', ['VERCEL_OIDC_TOKEN'], ['VERCEL', 'a function needs fromVercelRequest']],
]

export const VARIABLE_ROWS: readonly SourceRow[] = ROWS.map(([name, any, near = ['', '']]) => ({
  name,
  any,
  near,
  async ask(platform) {
    const found = any.find((variable) => readVariable(platform, variable) !== undefined)
    return requireVariable(platform, found ?? any[0])
  },
}))
