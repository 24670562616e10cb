/**
 * All sources, in the order of preference: explicit variables, then CI systems, then machines and
 * pods. CI comes before the cloud, so that a job on a cloud machine uses the identity of the job.
 */
import { AZURE_MANAGED_IDENTITY, GOOGLE } from './clouds.ts'
import { AWS, BUILDKITE, CIRCLECI, SPIFFE } from './command-platforms.ts'
import { EXPLICIT_ROWS } from './explicit.ts'
import { AZURE_WORKLOAD_IDENTITY, KUBERNETES } from './file-platforms.ts'
import { GITLAB } from './gitlab.ts'
import { REQUEST_ROWS } from './request-platforms.ts'
import type { SourceRow } from './row.ts'
import { SOCKET_ROWS } from './socket-platforms.ts'
import { VARIABLE_ROWS } from './variable-platforms.ts'

export const SOURCES: readonly SourceRow[] = [
  ...EXPLICIT_ROWS,
  ...REQUEST_ROWS,
  GITLAB,
  BUILDKITE,
  CIRCLECI,
  ...VARIABLE_ROWS,
  ...SOCKET_ROWS,
  KUBERNETES,
  AZURE_WORKLOAD_IDENTITY,
  SPIFFE,
  GOOGLE,
  AZURE_MANAGED_IDENTITY,
  AWS,
]
