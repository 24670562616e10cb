/**
 * What kubectl and every other client of Kubernetes ask of a credential plugin: `ExecCredential`
 * in the version that `KUBERNETES_EXEC_INFO` names.
 */
import { usageFailure } from '../../shell/failure.ts'
import { MAX_EXEC_INFO_CHARACTERS } from './limits.ts'

const GROUP = 'client.authentication.k8s.io'
const VERSIONS = [`${GROUP}/v1`, `${GROUP}/v1beta1`]

/** The version to answer in: the newest where nothing says otherwise, as when run by hand. */
export function readExecVersion(info: string | undefined): string {
  if (info === undefined || info === '') return `${GROUP}/v1`
  const { apiVersion, kind } = parseInfo(info)
  if (kind !== 'ExecCredential') {
    throw usageFailure('KUBERNETES_EXEC_INFO is not an ExecCredential')
  }
  const version = VERSIONS.find((name) => name === apiVersion)
  if (version === undefined) {
    throw usageFailure(
      'KUBERNETES_EXEC_INFO asks for a version that is not supported',
      `set apiVersion of the exec section to ${VERSIONS[0]}`,
    )
  }
  return version
}

function parseInfo(text: string): { readonly apiVersion?: unknown; readonly kind?: unknown } {
  try {
    const value: unknown = text.length > MAX_EXEC_INFO_CHARACTERS ? undefined : JSON.parse(text)
    if (typeof value === 'object' && value !== null) return value
  } catch {
    // Said below, without the text.
  }
  throw usageFailure('KUBERNETES_EXEC_INFO is not a JSON object')
}

/** The client asks again when the moment has passed, or the server answers 401. */
export function renderExecCredential(
  apiVersion: string,
  token: { readonly accessToken: string; readonly expiresAt: number },
): string {
  const expirationTimestamp = renderMoment(token.expiresAt)
  const status = { expirationTimestamp, token: token.accessToken }
  return JSON.stringify({ apiVersion, kind: 'ExecCredential', status })
}

/** RFC 3339, in whole seconds. */
function renderMoment(seconds: number): string {
  return new Date(Math.floor(seconds) * 1000).toISOString().replace('.000Z', 'Z')
}
